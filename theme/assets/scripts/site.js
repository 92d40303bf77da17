// What Material's bundle leaves unsaid to screen readers, and a language link that keeps the place.
const zh = document.documentElement.lang.startsWith("zh");
const words = zh
  ? { note: "注释", table: "表格", report: "报告这一节的错误" }
  : { note: "Annotation", table: "Table", report: "Report an error in this section" };

/** @template {HTMLElement} E
 *  @param {string} selector
 *  @param {(element: E) => void} action */
const each = (selector, action) => {
  /** @type {NodeListOf<E>} */
  const found = document.querySelectorAll(selector);
  for (const element of found) action(element);
};
/** @type {(selector: string, action: (link: HTMLAnchorElement) => void) => void} */
const eachLink = each;

function name() {
  each("nav.md-code__nav:not([role])", (nav) => nav.setAttribute("role", "presentation"));
  each("a.md-annotation__index:not([aria-label])", (link) => {
    const number =
      link.querySelector("[data-md-annotation-id]")?.getAttribute("data-md-annotation-id") ?? "";
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

// Colours that somebody switches change at once: half a fade is neither palette.
document.querySelector("[data-md-component=palette]")?.addEventListener(
  "change",
  () => {
    document.body.classList.add("switching");
    setTimeout(() => document.body.classList.remove("switching"));
  },
  { capture: true }, // before the theme's own listener, which changes them
);

// Parts of a long page have no size until they are shown, and then move what stands below: for a
// moment, or until the reader does something, the section that a link led to keeps its place.
const article = document.querySelector("article");
if (article?.querySelector(".part")) {
  const sizes = new ResizeObserver(() => document.querySelector(":target")?.scrollIntoView());
  const release = () => sizes.disconnect();
  const hold = () => {
    sizes.observe(article);
    setTimeout(release, 2000);
  };
  // A reader who comes back is brought by the browser to where they were.
  const [visit] = performance.getEntriesByType("navigation");
  if (visit instanceof PerformanceNavigationTiming && visit.type === "navigate") hold();
  addEventListener("hashchange", hold);
  for (const act of ["wheel", "touchstart", "pointerdown", "keydown"])
    addEventListener(act, release, { capture: true, passive: true });
}

// Heading ids are the same in both languages.
eachLink("a[data-same-place]", (link) =>
  link.addEventListener("click", () => {
    link.hash = location.hash;
  }),
);

// The link under the page reports an error in it; one at each heading names the section, too.
eachLink("a[data-report]", (link) =>
  each("article :is(h2, h3, h4)[id]", (heading) => {
    const place = document.createElement("a");
    /** @type {HTMLLinkElement | null} */
    const canonical = document.querySelector("link[rel=canonical]");
    const address = canonical?.href ?? "";
    const whole = encodeURIComponent(`${address}#${heading.id}`);
    place.className = "headerlink report";
    place.href = link.href.replace(encodeURIComponent(address), whole);
    place.title = words.report;
    place.textContent = "⚑";
    heading.append(place);
  }),
);
