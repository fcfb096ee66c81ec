/** The themes that every view is looked at in, by the names that VS Code gives them. */
export const THEMES = {
  light: 'Light Modern',
  dark: 'Dark Modern',
  'high-contrast': 'Dark High Contrast',
};
