// What Material's bundle leaves unsaid to screen readers, and a language link that keeps the place.
const zh = document.documentElement.lang.startsWith("zh");
const words = zh ? { note: "注释", table: "表格" } : { note: "Annotation", table: "Table" };

const each = (selector, action) => document.querySelectorAll(selector).forEach(action);

function name() {
  each("nav.md-code__nav:not([role])", (nav) => nav.setAttribute("role", "presentation"));
  each("a.md-annotation__index:not([aria-label])", (link) => {
    const number = link.querySelector("[data-md-annotation-id]")?.dataset.mdAnnotationId ?? "";
    link.setAttribute("aria-label", `${words.note} ${number}`.trim());
  });
  each(".md-typeset__scrollwrap:not([tabindex])", (wrap) => {
    wrap.tabIndex = 0;
    wrap.setAttribute("role", "group");
    wrap.setAttribute("aria-label", words.table);
  });
}

new MutationObserver(name).observe(document.body, { childList: true, subtree: true });
name();

// Heading ids are the same in both languages.
each("a[data-same-place]", (link) =>
  link.addEventListener("click", () => {
    link.hash = location.hash;
  }),
);
