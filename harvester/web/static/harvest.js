// Copying a source line, and two small conveniences of Datasette's pages that stand inline in its own templates.
"use strict";

function tell(id, message) {
  const place = document.querySelector(`[data-copied="${id}"]`);
  if (place) place.textContent = message;
}

// Where the page is not in a secure context, a browser has no clipboard but still copies what is selected.
function copySelected(element) {
  const selection = window.getSelection();
  selection.removeAllRanges();
  const range = document.createRange();
  range.selectNodeContents(element);
  selection.addRange(range);
  return document.execCommand("copy");
}

async function copy(id) {
  const element = document.getElementById(id);
  try {
    await navigator.clipboard.writeText(element.innerText.trim());
    tell(id, "출처 줄을 복사했습니다.");
  } catch {
    tell(id, copySelected(element) ? "출처 줄을 복사했습니다." : "복사하지 못했습니다. 골라 둔 글을 Ctrl+C로 복사하십시오.");
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-copy]");
  if (button) copy(button.dataset.copy);
});

// datasette/static/table.js wants to know.
window.DATASETTE_ALLOW_FACET = true;
