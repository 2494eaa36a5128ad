/** Of every page. No font, picture or script of another host. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --line: light-dark(#d0d7de, #3d444d); --soft: light-dark(#f6f8fa, #1b2128); }
body { margin: 0; font: 16px/1.55 system-ui, sans-serif; color: light-dark(#1f2328, #e6edf3); background: light-dark(#fff, #0d1117); }
nav { display: flex; gap: 1.5rem; padding: .8rem 1.5rem; border-bottom: 1px solid var(--line); }
main { max-width: 58rem; margin: 0 auto; padding: 1rem 1.5rem 4rem; }
main a, nav a { color: light-dark(#0550ae, #6cb6ff); }
main h1, main h2, main h3 { line-height: 1.25; margin: 1.8em 0 .6em; }
main h1 { margin-top: .8em; }
main code { font: .875em ui-monospace, monospace; background: var(--soft); padding: .15em .3em; border-radius: 4px; overflow-wrap: anywhere; }
main pre { background: var(--soft); border: 1px solid var(--line); border-radius: 6px; padding: .9rem; overflow-x: auto; }
main pre code { padding: 0; background: none; overflow-wrap: normal; }
main table { border-collapse: collapse; display: block; overflow-x: auto; }
main th, main td { border: 1px solid var(--line); padding: .4rem .7rem; text-align: left; vertical-align: top; }
`;

/** Of the API reference, whose renderer is made for a white ground. What it has for calls from the page is not shown. */
export const REFERENCE_STYLE = `
:root { color-scheme: only light; }
.swagger-ui .scheme-container { display: none; }
`;
