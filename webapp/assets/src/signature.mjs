// Signatures drawn with finger, pen or mouse. Without this script the typed name and the upload remain.
const INK = '#12263a';
const LINE = 2.5;

function prepare(pad) {
  const canvas = pad.querySelector('canvas');
  const field = pad.closest('form').querySelector('input[name="drawing"]');
  const brush = canvas.getContext('2d');
  let last = null;

  const clear = () => {
    brush.fillStyle = '#fff';
    brush.fillRect(0, 0, canvas.width, canvas.height);
    field.value = '';
  };
  const at = event => {
    const box = canvas.getBoundingClientRect();
    return [
      (event.clientX - box.left) * canvas.width / box.width,
      (event.clientY - box.top) * canvas.height / box.height,
    ];
  };
  const draw = event => {
    if (!last) return;
    const next = at(event);
    brush.strokeStyle = INK;
    brush.lineWidth = LINE;
    brush.lineCap = 'round';
    brush.beginPath();
    brush.moveTo(...last);
    brush.lineTo(...next);
    brush.stroke();
    last = next;
  };
  const lift = event => {
    if (!last) return;
    draw(event);
    last = null;
    field.value = canvas.toDataURL('image/png');
  };

  canvas.addEventListener('pointerdown', event => {
    canvas.setPointerCapture(event.pointerId);
    last = at(event);
    event.preventDefault();
  });
  canvas.addEventListener('pointermove', draw);
  canvas.addEventListener('pointerup', lift);
  canvas.addEventListener('pointercancel', lift);
  pad.querySelector('button').addEventListener('click', clear);
  clear();
  pad.hidden = false;
}

document.querySelectorAll('[data-signature]').forEach(prepare);
