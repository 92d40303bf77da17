// Material starts its search as soon as a page opens: a worker, and the index of the whole site.
// Here both wait for a reader who searches, so that a page's weight does not grow with the site.
(() => {
  const { open, send } = XMLHttpRequest.prototype;
  const { Worker } = window;
  /** @type {(() => void)[]} */
  const waiting = [];
  const ofIndex = new WeakSet(); // requests
  let wanted = /[?&][qh]=[^&]/.test(location.search); // a search, or a page found by one

  const want = () => {
    wanted = true;
    for (const go of waiting.splice(0)) go();
  };
  /** @type {(go: () => void) => void} */
  const whenWanted = (go) => (wanted ? go() : waiting.push(go));

  XMLHttpRequest.prototype.open = new Proxy(open, {
    apply(open, request, given) {
      if (String(given[1]).endsWith("/search_index.json")) ofIndex.add(request);
      else ofIndex.delete(request);
      return Reflect.apply(open, request, given);
    },
  });
  XMLHttpRequest.prototype.send = function (body) {
    if (ofIndex.has(this)) whenWanted(() => send.call(this, body));
    else send.call(this, body);
  };

  // Stands in for the worker, keeps what is said to it, and starts it when it is wanted.
  class Later extends EventTarget {
    /** @param {() => Worker} start */
    constructor(start) {
      super();
      /** @type {unknown[]} */
      this.said = [];
      /** @type {Worker | undefined} */
      this.worker = undefined;
      whenWanted(() => {
        const worker = start();
        this.worker = worker;
        worker.addEventListener("message", ({ data }) =>
          this.dispatchEvent(new MessageEvent("message", { data })),
        );
        for (const message of this.said.splice(0)) worker.postMessage(message);
      });
    }
    /** @param {unknown} message */
    postMessage(message) {
      if (this.worker) this.worker.postMessage(message);
      else this.said.push(message);
    }
  }
  window.Worker = new Proxy(Worker, {
    construct: (Worker, source) => new Later(() => Reflect.construct(Worker, source)),
  });

  // Pointing at the field or touching it comes before typing: the search is there in time.
  const field = document.querySelector(".md-search");
  for (const event of ["focusin", "pointerenter", "touchstart"])
    field?.addEventListener(event, want, { once: true, passive: true });
  document.querySelector("#__search")?.addEventListener("change", want, { once: true });

  // Material searches when a key is let go; pasting from a menu and speaking need no key.
  const input = field?.querySelector("input");
  input?.addEventListener("input", () => input.dispatchEvent(new Event("keyup")));
})();
