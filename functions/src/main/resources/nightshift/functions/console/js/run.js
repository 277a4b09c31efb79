import { html } from './dom.js';

export function view(frame, route) {
    return { title: 'run', draw: () => html`<div class="page"><h1>run</h1></div>` };
}
