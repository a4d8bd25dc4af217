// The button that registers this browser for push messages. The page lists devices without it.
import { canPush, register } from './push.mjs';

const place = document.getElementById('push');
const button = document.getElementById('push-on');
const problem = document.getElementById('push-problem');

if (button && canPush) {
  button.hidden = false;
  button.addEventListener('click', () => register(place.dataset).then(() => location.reload()).catch(() => { problem.hidden = false; }));
} else if (problem) {
  problem.hidden = false;
}
