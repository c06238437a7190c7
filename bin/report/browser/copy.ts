const FEEDBACK = 1_600;

/** Activates the copy buttons, including those added later. */
export function copyButtons(): void {
  // Styles hide the buttons without JavaScript.
  document.documentElement.classList.add('scripted');
  document.addEventListener('click', (event) => {
    const { target } = event;
    if (target instanceof HTMLButtonElement && target.classList.contains('copy')) void copy(target);
  });
}

async function copy(button: HTMLButtonElement): Promise<void> {
  const source = button.parentElement?.querySelector('pre');
  if (!source) return;
  button.textContent = (await copied(source)) ? 'Copied' : 'Press Ctrl+C';
  setTimeout(() => (button.textContent = 'Copy'), FEEDBACK);
}

/** Selects the text if the page may not write to the clipboard. */
async function copied(source: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(source.textContent ?? '');
    return true;
  } catch {
    getSelection()?.selectAllChildren(source);
    return false;
  }
}
