// Registers this browser for push messages. The page lists devices without it.
const place = document.getElementById('push');
const button = document.getElementById('push-on');
const problem = document.getElementById('push-problem');

const bytes = text => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), each => each.charCodeAt(0));
const text = buffer => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');

async function register() {
  if (await Notification.requestPermission() !== 'granted') throw new Error('refused');
  await navigator.serviceWorker.register(place.dataset.worker);
  const worker = await navigator.serviceWorker.ready;
  const old = await worker.pushManager.getSubscription();
  if (old) await old.unsubscribe();
  const made = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(place.dataset.key) });
  const response = await fetch(place.dataset.address, {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'Content-Type': 'application/json', 'X-CSRFToken': place.dataset.token },
    body: JSON.stringify({ endpoint: made.endpoint, p256dh: text(made.getKey('p256dh')), auth: text(made.getKey('auth')) }),
  });
  if (!response.ok) throw new Error(String(response.status));
  location.reload();
}

if (button && 'serviceWorker' in navigator && 'PushManager' in window) {
  button.hidden = false;
  button.addEventListener('click', () => register().catch(() => { problem.hidden = false; }));
} else if (problem) {
  problem.hidden = false;
}
