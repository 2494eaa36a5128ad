import { DOCUMENTATION_ROOT, renderHtml } from "./render-page.ts";

const ASSETS = `${DOCUMENTATION_ROOT}/assets`;

/** The page of Swagger UI, whose files come from this host. */
export const API_REFERENCE_PAGE = renderHtml(
  "API reference: digital contracts",
  '<div id="reference"></div>',
  `<link rel="stylesheet" href="${ASSETS}/swagger-ui.css">
<link rel="stylesheet" href="${ASSETS}/reference.css">
<script src="${ASSETS}/swagger-ui-bundle.js" defer></script>
<script src="${ASSETS}/reference.js" defer></script>
`,
);

/** A file of its own, for the page may hold no script. Calls need a client certificate and a token: nothing is tried out here. */
export const API_REFERENCE_SCRIPT = `SwaggerUIBundle({
  url: "${DOCUMENTATION_ROOT}/openapi.json",
  dom_id: "#reference",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  supportedSubmitMethods: [],
  validatorUrl: null,
});
`;
