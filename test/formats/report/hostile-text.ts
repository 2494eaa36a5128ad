import fc from "fast-check";

/** Values a sender could have written to break out of an answer, or that a format cannot carry. */
export const HOSTILE_TEXTS = [
  "]]>",
  "<![CDATA[<value>]]>",
  "<!-- --> <?php ?> </value></finding>",
  `"double" and 'single' & &amp; &#x41; &lt;`,
  "\u0000\u0001\u0008\u000b\u000c\u001f\ufffe\uffff",
  "tab\tand\nnew line",
  "👩🏽‍⚕️ é ü ĳ \u00a0\u2028",
  "half \ud83d of a pair, other half \udc69",
  " leading and trailing ",
  "00012345",
  "1e3",
  "true",
  '=HYPERLINK("http://example.test";"click")',
  "+32 2 000 00 00",
  "-1+1",
  "@SUM(A1)",
  "\t=1+1",
  "\r=1+1",
  "\n=1+1",
  "＝1+1",
  'a,b;c\r\n"d"',
  "__proto__",
  "",
] as const;

export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...HOSTILE_TEXTS),
  fc.string({ unit: "binary" }),
  // Any UTF-16 code units, so that lone surrogates occur.
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
);
