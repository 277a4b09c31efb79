import { html } from './dom.js';

export function view(frame, route) {
    return { title: 'health', draw: () => html`<div class="page"><h1>health</h1></div>` };
}
