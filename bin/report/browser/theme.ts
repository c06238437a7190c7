const KEY = 'credlock-report-theme';

/** The button that switches between light and dark; the default is the system's setting. */
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

/** Browsers may deny local files access to storage. */
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
