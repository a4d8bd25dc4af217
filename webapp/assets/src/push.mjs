// Registers this browser for push messages; the permission is asked after a press, never before.
const bytes = text => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), each => each.charCodeAt(0));
const text = buffer => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');

/** Whether this browser can take push messages at all. */
export const canPush = 'serviceWorker' in navigator && 'PushManager' in window;

/** Ask for the permission, subscribe, tell the server; throws when one of them is refused. */
export async function register({ key, worker, address, token }) {
  if (await Notification.requestPermission() !== 'granted') throw new Error('refused');
  await navigator.serviceWorker.register(worker);
  const { pushManager } = await navigator.serviceWorker.ready;
  const old = await pushManager.getSubscription();
  if (old) await old.unsubscribe();
  const made = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) });
  const response = await fetch(address, {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'Content-Type': 'application/json', 'X-CSRFToken': token },
    body: JSON.stringify({ endpoint: made.endpoint, p256dh: text(made.getKey('p256dh')), auth: text(made.getKey('auth')) }),
  });
  if (!response.ok) throw new Error(String(response.status));
}
