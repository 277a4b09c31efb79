// A line of a log as an element: all text is text.
import { pattern } from './logstore.js';
import { pieces } from './text.js';

/// The element of a line.
///
/// @param data what the worker answered for the row
/// @param look {address(line), target, words, hit}
/// @param more is called when more of a long line is wanted
export function itemOf(data, look, more) {
    const item = document.createElement('li');
    if (data.waiting) return item;
    item.id = `L${data.line + 1}`;
    item.className = classOf(data);
    if (data.line === look.target) item.classList.add('target');
    const number = document.createElement('a');
    number.className = 'n';
    number.href = look.address(data.line + 1);
    number.tabIndex = -1;
    number.textContent = data.line + 1;
    const at = document.createElement('span');
    at.className = 'at';
    at.textContent = elapsed(data.after);
    const kind = document.createElement('span');
    kind.className = 'k';
    kind.textContent = data.says ? data.kind : '';
    const code = document.createElement('code');
    fill(code, data, look, more);
    item.append(number, at, kind, code);
    return item;
}

function fill(code, data, look, more) {
    const lines = data.kind === 'diff' && data.text.includes('\n') ? data.text.split('\n') : [data.text];
    let nth = 0;
    for (const line of lines) {
        const ranges = [];
        if (look.words) {
            for (const hit of line.matchAll(pattern(look.words))) {
                const here = look.hit?.line === data.line && look.hit.nth === nth++;
                ranges.push([hit.index, hit.index + hit[0].length, here]);
            }
        }
        if (lines.length === 1) {
            appendText(code, line, ranges);
        } else {
            const part = document.createElement('span');
            part.className = `part ${sign(line)}`;
            appendText(part, line, ranges);
            code.append(part);
        }
    }
    if (data.more) {
        const button = document.createElement('button');
        button.type = 'button';
        button.className = 'button';
        button.textContent = `Show more of this line, ${data.more.toLocaleString('en')} characters are left`;
        button.addEventListener('click', more);
        code.append(button);
    }
}

/// Appends a text to an element as text nodes. Ranges are [from, to, current] within the text, in order, and are marked.
function appendText(element, text, ranges) {
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
        if (typeof piece === 'string') {
            element.append(piece);
        } else {
            const name = document.createElement('span');
            name.className = 'esc';
            name.textContent = piece.odd;
            element.append(name);
        }
    }
}

function sign(line) {
    if (/^\+(?!\+\+ )/.test(line)) return 'plus';
    if (/^-(?!-- )/.test(line)) return 'minus';
    return '';
}

function classOf(data) {
    if (data.kind === 'console') return 'info';
    if (data.kind === 'diff' && !data.text.includes('\n')) return sign(data.text) || 'diff';
    return data.kind;
}

/// Minutes, seconds and tenths since the first line: 1:43.2.
export function elapsed(millis) {
    if (Number.isNaN(millis)) return '';
    const tenths = Math.max(0, Math.floor(millis / 100));
    const minutes = Math.floor(tenths / 600);
    const seconds = Math.floor((tenths % 600) / 10);
    const rest = `${String(seconds).padStart(2, '0')}.${tenths % 10}`;
    return minutes < 60 ? `${minutes}:${rest}` : `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}:${rest}`;
}
