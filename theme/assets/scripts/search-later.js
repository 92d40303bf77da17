// Material asks for the search index as soon as a page opens. Here it waits for a reader who
// searches, so that a page's weight does not grow with the site.
(() => {
  const { open, send } = XMLHttpRequest.prototype;
  const waiting = [];
  let wanted = /[?&][qh]=/.test(location.search);

  const want = () => {
    wanted = true;
    for (const go of waiting.splice(0)) go();
  };

  XMLHttpRequest.prototype.open = function (method, url, ...rest) {
    this.isSearchIndex = String(url).endsWith("/search_index.json");
    return open.call(this, method, url, ...rest);
  };
  XMLHttpRequest.prototype.send = function (body) {
    if (wanted || !this.isSearchIndex) return send.call(this, body);
    waiting.push(() => send.call(this, body));
  };

  // Pointing at the field or touching it comes before typing: the index is there in time.
  const field = document.querySelector(".md-search");
  for (const event of ["focusin", "pointerenter", "touchstart"])
    field?.addEventListener(event, want, { once: true, passive: true });
  document.querySelector("#__search")?.addEventListener("change", want, { once: true });
})();
