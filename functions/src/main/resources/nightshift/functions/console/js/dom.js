// What the views draw with. Templates put every value into the page as text or as an attribute, never as HTML.
import { html, nothing, render, svg } from '../lit/lit-html.js';
import { keyed } from '../lit/directives/keyed.js';
import { live } from '../lit/directives/live.js';
import { createRef, ref } from '../lit/directives/ref.js';
import { repeat } from '../lit/directives/repeat.js';

export { createRef, html, keyed, live, nothing, ref, render, repeat, svg };

const SVG = 'http://www.w3.org/2000/svg';

/** A mark of a given kind (`ok`, `fail`, ...). With a name it is read out, else it is decoration. */
export function mark(kind, name) {
    return name
        ? html`<svg class="mark ${kind}" viewBox="-7 -7 14 14" role="img" aria-label=${name}><use href="#m-${kind}"></use></svg>`
        : html`<svg class="mark ${kind}" viewBox="-7 -7 14 14" aria-hidden="true"><use href="#m-${kind}"></use></svg>`;
}

/** Creates an SVG element with attributes and children. */
export function svgElement(name, attributes = {}, children = []) {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) {
        if (value !== undefined && value !== null) element.setAttribute(key, value);
    }
    element.append(...children);
    return element;
}

/** The address if it is an `https:` link, else null. Nothing else may become a link. */
export function safeLink(address) {
    try {
        const url = new URL(String(address));
        return url.protocol === 'https:' ? url.href : null;
    } catch {
        return null;
    }
}
