// The service worker: shows push messages and opens the case they speak of. It stores nothing.
self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', event => event.waitUntil(self.clients.claim()));

self.addEventListener('push', event => {
  let message = {};
  try { message = event.data ? event.data.json() : {}; } catch { /* a message that is not ours shows as one without words */ }
  event.waitUntil(self.registration.showNotification(message.title || '安居 Anju', {
    body: message.body || '',
    tag: message.tag,
    icon: '/static/icon.svg',
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
