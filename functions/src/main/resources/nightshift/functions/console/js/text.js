// Text of others is hostile: controls that are invisible or change the order of what follows are shown by name.

const HIDDEN =
    // ANSI sequences; C0 and C1 without tab and line feed; soft hyphen and fillers; bidirectional and zero-width controls;
    // line separators; interlinear annotations; tags; halves of a surrogate pair.
    /\u001b\[[0-?]*[ -/]*[@-~]|[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]|\udb40[\udc00-\udc7f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

function nameOf(control) {
    if (control.length > 1 && control.startsWith('\u001b')) return 'ESC' + control.slice(1);
    if (control === '\u001b') return 'ESC';
    return 'U+' + control.codePointAt(0).toString(16).toUpperCase().padStart(4, '0');
}

function titleOf(control) {
    if (control.startsWith('\u001b')) return 'ANSI escape';
    if (/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/.test(control)) return 'Bidirectional control';
    return 'Control character';
}

/// The text in pieces: {text} as it is, {text, name, title} for a control that is shown by its name.
export function pieces(text) {
    const parts = [];
    let from = 0;
    for (const found of text.matchAll(HIDDEN)) {
        if (found.index > from) parts.push({text: text.slice(from, found.index)});
        parts.push({text: found[0], name: nameOf(found[0]), title: titleOf(found[0])});
        from = found.index + found[0].length;
    }
    if (from < text.length) parts.push({text: text.slice(from)});
    return parts;
}

/// The text as one string with its controls by name: for labels, titles and options.
export function plain(text) {
    return String(text).replace(HIDDEN, nameOf);
}

/// Appends a text to an element as text nodes. Ranges are [from, to, current] within the text, in order, and are marked.
export function appendText(element, text, ranges = []) {
    let from = 0;
    for (const [start, end, current] of ranges) {
        appendPieces(element, text.slice(from, start));
        const mark = document.createElement('mark');
        if (current) mark.className = 'here';
        appendPieces(mark, text.slice(start, end));
        element.append(mark);
        from = end;
    }
    appendPieces(element, text.slice(from));
}

function appendPieces(element, text) {
    for (const piece of pieces(text)) {
        if (piece.name === undefined) {
            element.append(piece.text);
        } else {
            const name = document.createElement('span');
            name.className = 'esc';
            name.title = piece.title;
            name.textContent = piece.name;
            element.append(name);
        }
    }
}

/// The URL if it is one of https, else null: no other link of a stranger is opened.
export function safeUrl(value) {
    if (typeof value !== 'string' || !/^https:\/\//i.test(value)) return null;
    try {
        const url = new URL(value);
        return url.protocol === 'https:' && !url.username && !url.password ? url.href : null;
    } catch {
        return null;
    }
}
