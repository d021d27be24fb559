// The frame around the views: who is there, where one can go, whether the service answers. It starts when the page is loaded.

import {h, replace, svg} from './lib/dom.js';
import {get, link, on, reachability, retryNow, Unreachable} from './lib/api.js';
import {applyScheme, keepScheme, keepToken, scheme, token} from './lib/session.js';
import {poll} from './lib/poll.js';
import {whereIs} from './lib/service.js';
import {ago, date} from './lib/format.js';
import {hash, route} from './lib/route.js';
import {dialog} from './lib/dialog.js';
import {badge, button, field, loading, problemBox, segments, tag, toastRegion} from './lib/parts.js';
import * as overview from './views/overview.js';
import * as data from './views/data.js';
import * as storage from './views/storage.js';
import * as transactions from './views/transactions.js';
import * as operations from './views/operations.js';
import * as security from './views/security.js';
import * as settings from './views/settings.js';

/** In the order of the navigation. A view with a role is offered to callers that have it. */
const VIEWS = [
  {name: 'overview', title: 'Overview', module: overview},
  {name: 'data', title: 'Data', module: data},
  {name: 'storage', title: 'Storage', module: storage, role: 'operator'},
  {name: 'transactions', title: 'Transactions', module: transactions, role: 'operator'},
  {name: 'operations', title: 'Operations', module: operations, role: 'operator'},
  {name: 'security', title: 'Security', module: security},
  {name: 'settings', title: 'Settings', module: settings, role: 'admin'},
];
const MODE_INTERVAL = 15000;

const app = document.getElementById('app');
const state = {caller: null, mode: null, leave: null, asking: false, watch: null};
const main = h('main', {id: 'main', tabindex: -1});
const banner = h('div', {class: 'banners', role: 'status'});

/** What views know of the caller and the service. */
const context = {
  get caller() {
    return state.caller;
  },
  get mode() {
    return state.mode;
  },
  /** Whether the caller has a role. */
  can: role => state.caller?.roles.includes(role) ?? false,
  /** Whether the caller has a role for the service as a whole: that takes rights for all keyspaces. */
  canServe: role => context.can(role) && (state.caller?.keyspaces.includes('*') ?? false),
  /** Whether the caller may change entries now. */
  get canWrite() {
    return context.can('writer') && (state.mode === null || state.mode.mode === 'read-write');
  },
  /** Draws the view anew, after something was changed that it shows. */
  refresh: () => show(),
  /** Asks for the mode at once. */
  modeChanged: () => state.watch?.now(),
};

applyScheme();
on('unauthorized', problem => askForToken(problem));
on('down', drawBanner);
on('up', () => {
  drawBanner();
  if (state.caller === null) {
    connect();
  }
});
window.addEventListener('hashchange', () => {
  if (state.caller !== null) {
    show();
    main.focus({preventScroll: true});
    window.scrollTo(0, 0);
  }
});
setInterval(drawBanner, 1000);
connect();

/** Asks who the caller is, and shows what that caller may see. */
async function connect() {
  replace(app, h('div', {class: 'start'}, brand(), loading('Connecting …')), banner, toastRegion());
  try {
    state.caller = await get('/v1/caller');
  } catch (error) {
    if (error.status !== 401) {
      replace(app, banner, h('div', {class: 'start'}, brand(), problemBox(error),
          error instanceof Unreachable ? null : button('Try again', connect), token() ? button('Use another token', () => askForToken(null)) : null),
      toastRegion());
    }
    return;
  }
  frame();
  watchMode();
  show();
}

function watchMode() {
  state.watch?.stop();
  state.mode = null;
  state.watch = context.canServe('operator') ? poll(async signal => {
    const before = state.mode?.mode;
    state.mode = await get('/v1/admin/mode', {signal});
    drawBanner();
    if (before !== undefined && before !== state.mode.mode || before === undefined && state.mode.mode !== 'read-write') {
      show();
    }
  }, MODE_INTERVAL) : null;
}

/** Asks for a token, once for each refusal, and says why. */
async function askForToken(problem) {
  if (state.asking) {
    return;
  }
  state.asking = true;
  const had = token() !== null;
  const input = h('input', {type: 'password', autocomplete: 'off', spellcheck: 'false', data: {first: ''}});
  const why = had && problem ? h('div', {class: 'problem', role: 'alert'}, h('p', {class: 'problem-title'}, 'The token is not accepted'),
      h('p', null, problem.detail ?? problem.title)) : null;
  await dialog('Who are you?', [why,
    h('p', null, 'This service asks for a token, as ', h('code', null, 'token create'), ' or the view Security make them.'),
    field('Token', input, 'Kept for this tab only, and sent to this service only.')], [
    {text: 'Continue', kind: 'primary', submit: true, run: () => {
      const text = input.value.trim();
      if (!text) {
        input.focus();
        return false;
      }
      keepToken(text);
      return true;
    }},
  ], {closable: false});
  state.asking = false;
  state.caller = null;
  connect();
}

function brand() {
  return h('a', {class: 'brand', href: '#/overview'},
      svg('svg', {viewBox: '0 0 24 24', 'aria-hidden': 'true'}, svg('path', {d: 'M13.5 3 6 13.5h4.6L9.6 21 18 9.9h-5z'})), 'Lightning DB');
}

/** The frame, once it is known who is there. */
function frame() {
  const contract = h('a', {hidden: true, target: '_blank', rel: 'noopener'}, 'API');
  whereIs('documentation').then(path => {
    contract.hidden = path === null;
    contract.href = link(path ?? '/');
  }, () => {});
  const nav = h('nav', {class: 'nav', 'aria-label': 'Views'},
      h('ul', null, VIEWS.filter(view => !view.role || context.canServe(view.role)).map(view =>
        h('li', null, h('a', {href: hash(view.name), data: {view: view.name}}, view.title)))),
      h('div', {class: 'nav-foot'},
          contract,
          h('a', {href: link('/problems'), target: '_blank', rel: 'noopener'}, 'Problems')));
  const service = state.caller.service ?? {};
  replace(app,
      h('a', {class: 'skip', href: '#main', on: {click: event => {
        event.preventDefault();
        main.focus();
      }}}, 'Skip to the view'),
      h('header', {class: 'top'}, brand(),
          h('span', {class: 'muted service', title: `Started ${date(service.startedAt)}`}, service.version ? `${service.version}, started ${ago(service.startedAt)}` : ''),
          h('span', {class: 'spring'}),
          who(),
          segments('Colour scheme', [['auto', 'Auto'], ['light', 'Light'], ['dark', 'Dark']], scheme(), keepScheme)),
      h('div', {class: 'body'}, nav, h('div', {class: 'content'}, banner, main)),
      toastRegion());
  drawBanner();
}

function who() {
  const caller = state.caller;
  return h('span', {class: 'who'},
      h('a', {href: hash('security'), title: 'Who this is, and what it may do'}, caller.secured ? caller.name : 'No credentials'),
      caller.secured && token() ? button('Forget token', () => {
        keepToken(null);
        location.reload();
      }, {kind: 'quiet small'}) : null);
}

/** Tells, above all views, that the service is gone or takes no writes. Drawn every second: it counts down. */
function drawBanner() {
  const {down, since, waitMillis} = reachability();
  const key = down ? `down ${Math.floor((Date.now() - since) / 1000)}` : state.mode?.mode + (state.mode?.reason ?? '') + (state.mode?.storageFailure?.cause ?? '');
  if (banner.dataset.key === key) {
    return;
  }
  banner.dataset.key = key;
  document.documentElement.classList.toggle('is-down', down);
  if (down) {
    if (!banner.querySelector('.banner.bad')) {
      replace(banner, h('div', {class: 'banner bad'}, h('strong', null, 'The service does not answer. '),
          h('span', {class: 'banner-text'}), ' ', button('Try now', retryNow, {kind: 'small', data: {id: 'try-now'}})));
    }
    const text = `Tried again every ${waitMillis / 1000} s since ${ago(since)}. What is shown may be old.`;
    banner.querySelector('.banner-text').textContent = text;
  } else if (state.mode && state.mode.mode !== 'read-write') {
    replace(banner, h('div', {class: 'banner warn'}, h('strong', null, state.mode.mode === 'read-only' ? 'The service is read-only. ' : 'Maintenance: the service serves no entries. '),
        state.mode.reason ?? '', ' ', h('a', {href: hash('operations')}, 'Change it in Operations')));
  } else if (state.mode?.storageFailure) {
    replace(banner, h('div', {class: 'banner bad'}, h('strong', null, 'Writes are refused since storage failed. '), state.mode.storageFailure.cause, ' ',
        h('a', {href: hash('operations')}, 'What to do')));
  } else {
    replace(banner);
  }
}

/** Shows the view that the address names. */
function show() {
  const where = route();
  const view = VIEWS.find(each => each.name === where.view && (!each.role || context.canServe(each.role)));
  state.leave?.();
  state.leave = null;
  for (const item of app.querySelectorAll('.nav a[data-view]')) {
    if (item.dataset.view === view?.name) {
      item.setAttribute('aria-current', 'page');
      item.scrollIntoView({block: 'nearest', inline: 'nearest'});
    } else {
      item.removeAttribute('aria-current');
    }
  }
  if (!view) {
    document.title = 'Lightning DB';
    const known = VIEWS.find(each => each.name === where.view);
    replace(main, h('h1', null, known?.title ?? 'Nothing here'), h('p', null, known
      ? ['This view takes the role ', tag(known.role), ' for all keyspaces. You have ', state.caller.roles.map(role => [tag(role), ' ']), '.']
      : 'The console has no such view.'));
    return;
  }
  document.title = `${view.title} · Lightning DB`;
  const body = h('div', {class: `view view-${view.name}`});
  replace(main, h('div', {class: 'title'}, h('h1', null, view.title),
      state.caller.secured ? null : view.name === 'security' ? badge('warn', 'Open to everyone on this address') : null), body);
  state.leave = view.module.show(body, context, where) ?? null;
}
