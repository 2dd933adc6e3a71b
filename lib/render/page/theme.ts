const THEMES = ['auto', 'light', 'dark'] as const;
type Theme = (typeof THEMES)[number];

const KEY = 'dmtorture-theme';

/** Storage may be forbidden to a file; then the choice is forgotten, and nothing else. */
function remembered(): Theme {
  try {
    const value = localStorage.getItem(KEY);
    return THEMES.find((theme) => theme === value) ?? 'auto';
  } catch {
    return 'auto';
  }
}

function remember(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // See above.
  }
}

/** The button that goes through the themes: as the system has it, light, dark. */
export function offerThemes(page: Document): void {
  const button = page.querySelector<HTMLElement>('[data-theme-toggle]');
  const root = page.documentElement;
  let theme = remembered();
  const show = (): void => {
    if (theme === 'auto') delete root.dataset.theme;
    else root.dataset.theme = theme;
    const name = button?.querySelector('span');
    if (name) name.textContent = theme;
  };
  show();
  button?.addEventListener('click', () => {
    theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'auto';
    remember(theme);
    show();
  });
}
