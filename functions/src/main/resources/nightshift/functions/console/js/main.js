// The frame of the console: signing in, addresses, keys, the top bar. A view draws what is between.
//
// A view's module exports `view(frame, route)`, which returns an object with
//   title        text of the tab
//   draw()       its template, called after every `frame.redraw()`
//   drawn()      optional: called when the template is in the page
//   route(route) optional: the query of its address changed; without it the view is made anew
//   key(event)   optional: a key outside of fields; true if it was handled
//   close()      optional: the view is left
// `frame.signal` is aborted when the view is left: hand it to every call of the API.
import { Api } from './api.js';
import { html, nothing, render } from './dom.js';
import { forget, readKey, signIn, theme } from './keep.js';
import { plain, shown } from './text.js';
import { viewerZone } from './time.js';

const VIEWS = {
    tonight: () => import('./tonight.js'),
    automations: () => import('./automations.js'),
    automation: () => import('./automation.js'),
    runs: () => import('./run.js'),
    health: () => import('./health.js'),
    channels: () => import('./channels.js'),
    help: () => import('./help.js'),
    key: () => import('./signin.js'),
    signin: () => import('./signin.js'),
};
const NAVIGATION = [
    ['tonight', 'Tonight'], ['automations', 'Automations'], ['health', 'Health'], ['channels', 'Channels'],
];
const root = document.getElementById('console');

let session = null;
let view = null;
let shownRoute = null;
let leaving = new AbortController();
let trouble = null;
let failure = null;
let waiting = false;
let prefix = '';

/** The route of an address: `#/runs/a/b?line=3` is view `runs`, parts `['a', 'b']`, query `line=3`. */
function routeOf(hash) {
    const [path, query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
    const [name, ...parts] = path.split('/').filter((part) => part !== '').map(decoded);
    const query_ = new URLSearchParams(query);
    if (name === 'automations' && parts.length > 0) return { view: 'automation', nav: name, parts, query: query_ };
    if (name === 'runs' && parts.length === 2) return { view: 'runs', nav: 'automations', parts, query: query_ };
    return Object.hasOwn(VIEWS, name ?? '') && parts.length === 0 && name !== 'runs'
        ? { view: name, nav: name, parts, query: query_ }
        : { view: 'tonight', nav: 'tonight', parts: [], query: query_ };
}

function decoded(part) {
    try {
        return decodeURIComponent(part);
    } catch {
        return part;
    }
}

/** The address of a view: `address('automations', [id], {show: 'failed'})`. Empty values are left out. */
export function address(name, parts = [], query = {}) {
    const search = new URLSearchParams();
    for (const [key, value] of Object.entries(query)) {
        if (value !== null && value !== undefined && value !== '' && value !== false) search.set(key, value);
    }
    const path = [name, ...parts].map(encodeURIComponent).join('/');
    return `#/${path}${search.size ? '?' + search : ''}`;
}

export const frame = {
    address,
    /** The API as the user's key opens it. */
    get api() { return session.api; },
    /** The key: label, scopes, projects, owner. */
    get me() { return session.me; },
    get project() { return session.project; },
    get mayWrite() { return session.mayWrite; },
    get signal() { return leaving.signal; },
    get route() { return shownRoute; },
    /** The zone in which times are shown. */
    get zone() { return shownRoute?.query.get('zone') || viewerZone(); },
    now: () => Date.now(),

    /** Goes to an address, as a new entry of the history or in place of this one. */
    go(to, { replace = false } = {}) {
        if (replace) {
            history.replaceState(null, '', to);
            moved();
        } else {
            location.hash = to;
        }
    },

    /** Changes the query of this address; empty values leave it. */
    query(changes, options) {
        const query = Object.fromEntries(shownRoute.query);
        const name = shownRoute.view === 'automation' ? 'automations' : shownRoute.view;
        frame.go(address(name, shownRoute.parts, { ...query, ...changes }), options);
    },

    /** The address of this view with a changed query. */
    here(changes) {
        const name = shownRoute.view === 'automation' ? 'automations' : shownRoute.view;
        return address(name, shownRoute.parts, { ...Object.fromEntries(shownRoute.query), ...changes });
    },

    /** Draws the page again before the next frame. */
    redraw() {
        if (waiting) return;
        waiting = true;
        queueMicrotask(() => {
            waiting = false;
            draw();
        });
    },

    /** Takes a key into use and goes on to the address that was asked for. */
    async enter(key, remember) {
        session = await open(key);
        signIn(key, remember);
        trouble = null;
        await moved(true);
    },

    leave() {
        forget();
        session = null;
        moved(true);
    },

    /** Another project of the same key. */
    choose(project) {
        session.use(project);
        moved(true);
    },
};

/** Opens a session: asks the API whose key this is. */
async function open(key) {
    const events = {
        refused() {
            if (session?.api.key === key) frame.leave();
        },
        trouble(text) {
            trouble = text;
            frame.redraw();
        },
    };
    const me = await new Api(key, null, events).get('/keys/@me/');
    const opened = {
        me,
        mayWrite: me.scopes.some((scope) => scope === '*' || scope === 'task:write'),
        use(project) {
            this.project = project;
            this.api = new Api(key, project?.id ?? '@current', events);
        },
    };
    opened.use(wanted(me));
    return opened;
}

/** The project that the address names, or the first one. A key of all projects does not name them. */
function wanted(me) {
    const asked = routeOf(location.hash).query.get('project');
    if (!me.projects) return { id: asked ?? session?.project?.id ?? 1, name: `Project ${asked ?? session?.project?.id ?? 1}` };
    return me.projects.find((project) => String(project.id) === asked) ?? me.projects[0] ?? null;
}

async function moved(again = false) {
    const route = routeOf(location.hash);
    const name = session ? route.view : 'signin';
    const asked = route.query.get('project');
    if (session && asked && String(session.project?.id) !== asked) session.use(wanted(session.me));
    const same = !again && view && shownRoute && view.name === name
        && shownRoute.parts.join('/') === route.parts.join('/');
    shownRoute = route;
    if (same && view.route) {
        view.route(route);
        frame.redraw();
        return;
    }
    leaving.abort();
    leaving = new AbortController();
    const { signal } = leaving;
    view?.close?.();
    view = null;
    failure = null;
    frame.redraw();
    try {
        const module = await VIEWS[name]();
        if (signal.aborted) return;
        view = module.view(frame, route);
        view.name = name;
        document.getElementById('main')?.scrollTo?.(0, 0);
        window.scrollTo(0, 0);
    } catch (broken) {
        if (!signal.aborted) failure = broken;
    }
    frame.redraw();
}

function draw() {
    const title = view?.title ? `${plain(view.title)} - Nightshift` : 'Nightshift';
    if (document.title !== title) document.title = title;
    render(page(), root);
    view?.drawn?.();
}

function page() {
    return html`
        <a class="skip" href="#main" @click=${skip}>Skip to the content</a>
        ${session ? top() : nothing}
        ${trouble ? html`<p class="trouble" role="status">${trouble}</p>` : nothing}
        <main id="main" tabindex="-1">${failure ? broken() : (view?.draw() ?? nothing)}</main>`;
}

function top() {
    const { me, project, mayWrite } = session;
    const person = [me.owner?.first_name, me.owner?.last_name].filter(Boolean).join(' ') || me.owner?.email || me.label;
    return html`<header class="top">
        <a class="brand" href=${address('tonight')}><svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true"><path fill="currentColor" d="M13.8 10.6A6.5 6.5 0 0 1 5.4 2.2a6.5 6.5 0 1 0 8.4 8.4Z"/></svg>Nightshift</a>
        <nav class="nav" aria-label="Views">${NAVIGATION.map(([name, words]) => html`<a
            href=${address(name)} aria-current=${shownRoute.nav === name ? 'page' : nothing}>${words}</a>`)}</nav>
        <form class="field" role="search" @submit=${search}><label><span class="hidden">Search automations</span><input
            type="search" name="search" placeholder="Search automations" autocomplete="off"></label><kbd>/</kbd></form>
        <span class="who">${project ? html`${shown(project.name)}, ` : nothing}<a href=${address('key')}
            title="The key that this tab uses">${shown(person)}, ${mayWrite ? 'may write' : 'may read'}</a></span>
    </header>`;
}

function broken() {
    return html`<div class="sheet"><h1>This view did not load</h1>
        <p>${plain(failure.message)}</p><p><button class="button" type="button" @click=${() => moved(true)}>Try again</button></p></div>`;
}

function skip(event) {
    event.preventDefault();
    document.getElementById('main').focus();
}

function search(event) {
    event.preventDefault();
    const words = new FormData(event.target).get('search').trim();
    frame.go(address('automations', [], { search: words }));
}

const inField = (target) => target instanceof Element && target.matches('input, textarea, select, [contenteditable]');

function pressed(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (inField(event.target)) {
        if (event.key === 'Escape') event.target.blur();
        return;
    }
    if (!session) return;
    const goes = prefix === 'g' && { n: 'tonight', a: 'automations', h: 'health', c: 'channels' }[event.key];
    prefix = '';
    if (goes) {
        event.preventDefault();
        frame.go(address(goes));
    } else if (view?.key?.(event)) {
        event.preventDefault();
    } else if (event.key === 'g') {
        prefix = 'g';
    } else if (event.key === '/') {
        event.preventDefault();
        document.querySelector('.top input[type=search]')?.focus();
    } else if (event.key === '?') {
        event.preventDefault();
        frame.go(address('help'));
    } else if (event.key === 'Escape' && shownRoute.view === 'help') {
        history.back();
    }
}

/** A key in the fragment leaves the address before anything else happens. */
function keyOfFragment() {
    const found = /^#(?:.*&)?key=([^&]+)/.exec(location.hash);
    if (!found) return null;
    history.replaceState(null, '', location.pathname + location.search);
    return decoded(found[1]);
}

async function start() {
    theme();
    const given = keyOfFragment();
    const key = given ?? readKey();
    if (given) signIn(given, false);
    if (key) {
        try {
            session = await open(key);
        } catch (refused) {
            forget();
            frame.refusal = refused;
        }
    }
    await moved(true);
}

window.addEventListener('hashchange', () => {
    const given = keyOfFragment();
    if (given) frame.enter(given, false).catch((refused) => {
        frame.refusal = refused;
        frame.leave();
    });
    else moved();
});
document.addEventListener('keydown', pressed);
start();
