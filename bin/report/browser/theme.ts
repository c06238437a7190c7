const KEY = 'credlock-report-theme';

/** A button that turns light into dark and back; until it is used the reader's system decides. */
export function themeButton(): void {
  const button = document.querySelector<HTMLButtonElement>('#theme');
  if (!button) return;
  const system = matchMedia('(prefers-color-scheme: dark)');
  const apply = (theme: string | null): void => {
    if (theme === 'dark' || theme === 'light') document.documentElement.dataset['theme'] = theme;
    const isDark = theme === null ? system.matches : theme === 'dark';
    button.textContent = isDark ? 'Light' : 'Dark';
    button.setAttribute('aria-label', isDark ? 'Use light colours' : 'Use dark colours');
  };
  apply(kept());
  system.addEventListener('change', () => apply(kept()));
  button.hidden = false;
  button.addEventListener('click', () => {
    const theme = button.textContent === 'Dark' ? 'dark' : 'light';
    keep(theme);
    apply(theme);
  });
}

/** Browsers may forbid files to keep anything. */
function kept(): string | null {
  try {
    return document.documentElement.dataset['theme'] ?? localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function keep(theme: string): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    document.documentElement.dataset['theme'] = theme;
  }
}
