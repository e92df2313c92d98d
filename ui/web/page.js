// What the page of the chat needs in the browser: the language of its address, and clicks that reach the server.

(() => {
  "use strict";

  // Gradio's own words follow the browser; here they follow the page.
  const locale = location.pathname.startsWith("/zh") ? "zh-CN" : "en";
  Object.defineProperty(navigator, "language", { get: () => locale });
  Object.defineProperty(navigator, "languages", { get: () => [locale] });
  const speak = () => document.documentElement.lang !== locale && (document.documentElement.lang = locale);
  speak();
  new MutationObserver(speak).observe(document.documentElement, { attributeFilter: ["lang"] });

  // Buttons in rendered text say in their id what they do, and by a class through which door. It is written into the
  // hidden field of that door, and the hidden button beside it is pressed: that is how Gradio hears of it.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button.act");
    if (!button) return;
    if (button.id.startsWith("copy-")) copy(button);
    else send(button.id, [...button.classList].find((name) => name.startsWith("via-"))?.slice(4) ?? "acting");
    if (/^(cite|source)-/.test(button.id)) awaited = performance.now() + 3000;
    if (button.id.startsWith("edit-")) document.querySelector("#question textarea")?.focus();
  });

  // Gradio gives every link a tab of its own. Whoever chooses the other language, or logs out, stays in this one.
  document.addEventListener("click", ({ target }) => target.closest("#header a")?.removeAttribute("target"));

  function send(action, door) {
    const field = document.querySelector(`#${door}-action textarea, #${door}-action input`);
    field.value = action;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    setTimeout(() => document.querySelector(`#${door}`).click());
  }

  async function copy(button) {
    const text = document.getElementById(button.id.replace("copy-", "copied-")).textContent;
    if (navigator.clipboard) await navigator.clipboard.writeText(text);
    else copyByHand(text);
    button.classList.add("done");
    setTimeout(() => button.classList.remove("done"), 2000);
  }

  // Pages that are not served over TLS, nor from this computer, have no clipboard.
  function copyByHand(text) {
    const field = document.createElement("textarea");
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }

  // What is rendered anew loses focus and place: the one is given back, the other follows what is being said.
  let focused = "";
  let awaited = 0; // until when a source that was chosen is brought into view
  document.addEventListener("focusin", (event) => (focused = event.target.id));
  document.addEventListener("focusout", ({ target }) => {
    // What is taken out of the page loses focus while it is still in it; what stays was left on purpose.
    queueMicrotask(() => target.isConnected && focused === target.id && (focused = ""));
  });

  function watch(element, changed) {
    new MutationObserver(changed).observe(element, { childList: true, subtree: true, characterData: true });
  }

  function refocus() {
    if (focused && document.activeElement === document.body) document.getElementById(focused)?.focus({ preventScroll: true });
  }

  function begin() {
    const transcript = document.querySelector("#transcript");
    const evidence = document.querySelector("#evidence");
    if (!transcript || !evidence) return void setTimeout(begin, 50);
    // On a phone the transcript does not scroll by itself: the page does.
    const onPhone = () => getComputedStyle(document.querySelector("#columns")).flexDirection === "column";
    let count = 0;
    let atEnd = true;
    transcript.tabIndex = 0; // it scrolls, so the keyboard must reach it
    transcript.addEventListener("scroll", () => {
      atEnd = transcript.scrollHeight - transcript.scrollTop - transcript.clientHeight < 60;
    });
    // What opens below it, such as a form, must not cover what was said last.
    new ResizeObserver(() => atEnd && (transcript.scrollTop = transcript.scrollHeight)).observe(transcript);
    watch(transcript, () => {
      const turns = transcript.querySelectorAll(".turn");
      if (turns.length !== count || atEnd) transcript.scrollTop = transcript.scrollHeight;
      if (turns.length > count && onPhone()) turns[turns.length - 1].scrollIntoView();
      count = turns.length;
      refocus();
    });
    watch(evidence, () => {
      refocus();
      if (performance.now() < awaited) evidence.querySelector(".chosen mark")?.scrollIntoView({ block: "nearest" });
    });
  }

  begin();
})();
