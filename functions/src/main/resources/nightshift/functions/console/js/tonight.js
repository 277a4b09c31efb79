import { html } from './dom.js';

export function view(frame, route) {
    return { title: 'tonight', draw: () => html`<div class="page"><h1>tonight</h1></div>` };
}
