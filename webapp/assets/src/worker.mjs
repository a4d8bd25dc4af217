// The service worker: keeps the pages that work without network, sends what waits, shows push messages.
// It keeps no page with personal data. The server puts `self.ANJU` before it: what to keep, under which version.
import { whose } from './offline/store.mjs';
import { sendWaiting } from './offline/sending.mjs';

const { version, assets, pages } = self.ANJU;
const PREFIX = 'anju-', CACHE = PREFIX + version;

/** Keep files, and pages as a stranger gets them: without cookies nothing personal can stand in them. */
async function fill() {
  const cache = await caches.open(CACHE);
  await cache.addAll(assets);
  await Promise.all(pages.map(async ({ address }) => {
    const response = await fetch(address, { credentials: 'omit', cache: 'no-store' });
    if (!response.ok) throw new Error(`${address}: ${response.status}`);
    await cache.put(address, response);
  }));
}

async function drop(keep) {
  const names = (await caches.keys()).filter(each => each.startsWith(PREFIX) && each !== keep);
  await Promise.all(names.map(each => caches.delete(each)));
}

/** The page for an address that cannot be reached, in the language of the phone's owner. */
async function offlinePage(address) {
  const language = (await whose())?.language;
  const stands = pages.filter(each => each.stands.some(path => address.pathname === path));
  const like = stands.length ? stands : pages.filter(each => each.stands.includes('/offline'));
  const page = like.find(each => each.language === language) ?? like[0];
  return (page && await caches.match(page.address)) || Response.error();
}

/** Nothing of the person who leaves stays: no kept page, no push messages. Who is here now is told by the page. */
async function signOut() {
  await drop(null);
  const subscription = await self.registration.pushManager?.getSubscription();
  await subscription?.unsubscribe();
}

async function sendAndTell() {
  await sendWaiting((await whose())?.account);
  const open = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  open.forEach(each => each.postMessage({ kind: 'sent' }));
}

self.addEventListener('install', event => event.waitUntil(fill().then(() => self.skipWaiting())));
self.addEventListener('activate', event => event.waitUntil(drop(CACHE).then(() => self.clients.claim())));

self.addEventListener('fetch', event => {
  const { request } = event, address = new URL(request.url);
  if (request.method !== 'GET' || address.origin !== self.location.origin) return;
  if (request.mode === 'navigate') event.respondWith(fetch(request).catch(() => offlinePage(address)));
  else if (assets.includes(address.pathname + address.search))
    event.respondWith(caches.match(request).then(kept => kept ?? fetch(request)));
});

const told = { 'sign-out': signOut, 'signed-in': async () => await caches.has(CACHE) || fill() };
let work = Promise.resolve();  // one after the other, in the order in which they were told

self.addEventListener('message', event => {
  const act = told[event.data?.kind];
  if (act) event.waitUntil(work = work.then(act, act));
});

self.addEventListener('sync', event => { if (event.tag === 'anju-drafts') event.waitUntil(sendAndTell()); });

self.addEventListener('push', event => {
  let message = {};
  try { message = event.data?.json() ?? {}; } catch { /* a message that is not ours shows as one without words */ }
  event.waitUntil(self.registration.showNotification(message.title || '安居 Anju', {
    body: message.body || '',
    tag: message.tag,
    icon: '/static/icons/icon-192.png',
    badge: '/static/icons/badge-96.png',
    data: { url: message.url },
  }));
});

self.addEventListener('notificationclick', event => {
  event.notification.close();
  const wanted = new URL(event.notification.data?.url || '/', self.location.origin);
  const address = wanted.origin === self.location.origin ? wanted.href : self.location.origin;
  event.waitUntil((async () => {
    const open = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
    const same = open.find(client => client.url === address);
    return same ? same.focus() : self.clients.openWindow(address);
  })());
});
