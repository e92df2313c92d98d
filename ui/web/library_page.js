// Gradio names the place where files are dropped, for those who only hear it, in English alone: here in our own words,
// those of the label that others see. And who has just removed a document finds themselves at the button that undoes it.

(() => {
  "use strict";

  let removing = false;
  document.addEventListener("click", (event) => {
    if (event.target.closest("#library-list .remove")) removing = true;
  });

  function mend() {
    const named = document.querySelector("#library-files label[data-testid='block-label']")?.textContent.trim();
    for (const element of document.querySelectorAll("#library-files :is(button, input)[aria-label]")) {
      if (named && element.getAttribute("aria-label") !== named) element.setAttribute("aria-label", named);
    }
    const undo = document.querySelector("#library-undo");
    if (removing && undo) {
      removing = false;
      undo.focus();
    }
  }

  new MutationObserver(mend).observe(document.documentElement, { childList: true, subtree: true });
})();
