// What stands below the fields of a form.
import { html, nothing } from './dom.js';
import { pieces } from './text.js';

/** A field cannot show a character that has no shape: it is named below. */
export function hidden(value) {
    const names = [...new Set(pieces(value).filter((piece) => typeof piece !== 'string').map((piece) => piece.odd))];
    return names.length ? html`<p class="small soft hiddens">It holds ${names.map((name) => html`<span class="esc">${name}</span> `)}</p>` : nothing;
}
