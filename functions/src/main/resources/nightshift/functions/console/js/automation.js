import { html } from './dom.js';

export function view(frame, route) {
    return { title: 'automation', draw: () => html`<div class="page"><h1>automation</h1></div>` };
}
