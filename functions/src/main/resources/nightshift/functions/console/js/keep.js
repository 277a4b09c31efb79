// What the browser keeps: the key, for the tab unless asked otherwise, and the chosen theme.

const KEY = 'nightshift.key';
const THEME = 'nightshift.theme';

export const readKey = () => sessionStorage.getItem(KEY) ?? localStorage.getItem(KEY);

export const isRemembered = () => localStorage.getItem(KEY) !== null;

export function signIn(key, remember) {
    forget();
    (remember ? localStorage : sessionStorage).setItem(KEY, key);
}

export function forget() {
    sessionStorage.removeItem(KEY);
    localStorage.removeItem(KEY);
}

/** The chosen theme: `light`, `dark`, or empty for the system's. Sets it when one is given. */
export function theme(chosen) {
    if (chosen !== undefined) {
        if (chosen) localStorage.setItem(THEME, chosen);
        else localStorage.removeItem(THEME);
    }
    const now = localStorage.getItem(THEME) ?? '';
    if (now) document.documentElement.dataset.theme = now;
    else delete document.documentElement.dataset.theme;
    return now;
}
