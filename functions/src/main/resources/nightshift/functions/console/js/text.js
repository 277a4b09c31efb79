// Hostile text made visible: escape sequences and invisible characters are shown by name and have no effect.
import { html } from './dom.js';

const ODD = new RegExp(
    '\\u001b(\\[[0-9;?]*[ -/]*[@-~]|\\][^\\u0007\\u001b]*(?:\\u0007|\\u001b\\\\)?)?' +
        '|[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f' +
        '\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ufe00-\\ufe0d\\ufeff\\uffa0\\ufff0-\\ufffb]' +
        '|[\\udb40][\\udc00-\\udfff]|[\\ud800-\\udbff](?![\\udc00-\\udfff])|(?<![\\ud800-\\udbff])[\\udc00-\\udfff]',
    'g',
);

function codePoint(character) {
    return 'U+' + character.codePointAt(0).toString(16).toUpperCase().padStart(4, '0');
}

/** The name of a character or sequence that is not shown as it is. */
function nameOf(odd) {
    return odd.charCodeAt(0) === 0x1b
        ? 'ESC' + odd.slice(1).replace(ODD, (inner) => nameOf(inner))
        : codePoint(odd);
}

/**
 * Splits text into pieces: strings are shown as they are, objects `{odd}` by their names.
 */
export function pieces(text) {
    const whole = String(text ?? '');
    const found = [];
    let end = 0;
    for (const match of whole.matchAll(ODD)) {
        if (match.index > end) found.push(whole.slice(end, match.index));
        found.push({ odd: nameOf(match[0]), from: match.index, to: match.index + match[0].length });
        end = match.index + match[0].length;
    }
    if (end < whole.length) found.push(whole.slice(end));
    return found;
}

/** Text for a place that takes text only: a title, a label, an attribute. */
export function plain(text) {
    return String(text ?? '').replace(ODD, (odd) => nameOf(odd));
}

/** Text as a template, with what is invisible in it named. */
export function shown(text) {
    return pieces(text).map((piece) =>
        typeof piece === 'string' ? piece : html`<span class="esc">${piece.odd}</span>`,
    );
}
