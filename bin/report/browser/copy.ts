const SAID = 1_600;

/** Buttons beside commands, also those that come later. */
export function copyButtons(): void {
  // Where there is no JavaScript a button that does nothing stays away.
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
  setTimeout(() => (button.textContent = 'Copy'), SAID);
}

/** The text is selected where the clipboard is closed to the page. */
async function copied(source: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(source.textContent ?? '');
    return true;
  } catch {
    getSelection()?.selectAllChildren(source);
    return false;
  }
}
