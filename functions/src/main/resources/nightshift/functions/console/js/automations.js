import { html } from './dom.js';

export function view(frame, route) {
    return { title: 'automations', draw: () => html`<div class="page"><h1>automations</h1></div>` };
}
