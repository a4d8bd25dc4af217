// Adding a step after another without the canvas: what follows moves to the right, lanes and pools grow with it.
import { is } from 'bpmn-js/lib/util/ModelUtil';
import { selfAndAllChildren } from 'diagram-js/lib/util/Elements';

const GAP = 60;

export class StepInserter {
  static $inject = ['spaceTool', 'canvas', 'modeling', 'elementFactory', 'commandStack', 'autoPlace'];

  constructor(spaceTool, canvas, modeling, elementFactory, commandStack, autoPlace) {
    Object.assign(this, { _space: spaceTool, _canvas: canvas, _modeling: modeling, _elements: elementFactory, _commands: commandStack,
      _autoPlace: autoPlace });
    commandStack.registerHandler('office.insertStep', InsertStep(this));
  }

  /** The paths on which a step could stand after an element. */
  static pathsFrom(element) {
    return (element.outgoing ?? []).filter(each => is(each, 'bpmn:SequenceFlow'));
  }

  /**
   * Add a step; one step of undo.
   * @param {object} after the shape before it
   * @param {string} type such as 'bpmn:UserTask'
   * @param {string} name of the new step
   * @param {object} [path] the flow on which it is to stand; without one it is appended
   */
  insert(after, type, name, path) {
    const context = { after, type, name, path };
    this._commands.execute('office.insertStep', context);
    return context.made;
  }

  /** Draw a path to a step that exists. */
  lead(from, to) {
    return this._modeling.connect(from, to, { type: 'bpmn:SequenceFlow' });
  }

  /** Hang a timer on a step: when it fires, the case leaves the step by its path. */
  attachTimer(host, name) {
    const shape = this._elements.createShape({ type: 'bpmn:BoundaryEvent', eventDefinitionType: 'bpmn:TimerEventDefinition' });
    const taken = (host.attachers ?? []).length;
    const place = { x: right(host) - 25 - taken * 45, y: host.y + host.height };
    const made = this._modeling.createShape(shape, place, host, { attach: true });
    this._modeling.updateLabel(made, name);
    return made;
  }

  _insert(context) {
    const { after, type, name, path } = context;
    const shape = this._elements.createShape({ type });
    if (!path) {
      context.made = this._autoPlace.append(after, shape, { type: 'bpmn:SequenceFlow' });
    } else {
      const from = right(after) + GAP / 2;
      this._makeRoom(from, shape.width + GAP);
      const place = { x: right(after) + GAP + shape.width / 2, y: middle(after) };
      context.made = this._modeling.createShape(shape, place, after.parent);
      const next = path.target;
      this._modeling.reconnectEnd(path, context.made, middleOf(context.made));
      this._modeling.connect(context.made, next, { type: 'bpmn:SequenceFlow' });
      this._modeling.layoutConnection(path);
    }
    if (name) this._modeling.updateLabel(context.made, name);
  }

  /** Move everything right of a line, and keep the way in which paths were drawn: the library would lay them out anew. */
  _makeRoom(start, width) {
    const elements = selfAndAllChildren(this._canvas.getRootElement(), true);
    const { movingShapes, resizingShapes } = this._space.calculateAdjustments(elements, 'x', width, start);
    const moved = new Set([...movingShapes, ...resizingShapes]);
    const crossing = elements.filter(each => each.waypoints && moved.has(each.source) !== moved.has(each.target))
      .map(path => [path, stretched(path, moved, start, width)]).filter(([, waypoints]) => waypoints);
    this._space.makeSpace(movingShapes, resizingShapes, { x: width, y: 0 }, 'e', start);
    crossing.forEach(([path, waypoints]) => this._modeling.updateWaypoints(path, waypoints));
  }
}

/**
 * Stretch a path of which one end moves: its corners right of the line move too, so that all its lines stay upright.
 * @returns {{x: number, y: number}[] | null} null if it cannot be stretched and has to be laid out anew
 */
function stretched(path, moved, start, width) {
  const points = path.waypoints.map(({ x, y }) => ({ x, y })), last = points.length - 1;
  const moves = points.map(point => point.x > start);
  const isUpright = index => Math.abs(points[index].x - points[index + 1].x) < 1;
  let from = 0, to = last;
  moves[0] = moved.has(path.source);
  while (from < last && isUpright(from)) moves[from += 1] = moves[0];
  moves[last] = moved.has(path.target);
  while (to > 0 && isUpright(to - 1)) moves[to -= 1] = moves[last];
  if (from >= to) return null;
  return points.map((point, index) => moves[index] ? { x: point.x + width, y: point.y } : point);
}

const right = shape => shape.x + shape.width;
const middle = shape => shape.y + shape.height / 2;
const middleOf = shape => ({ x: shape.x + shape.width / 2, y: middle(shape) });

/** One command around several, so that one undo takes it all back. */
const InsertStep = inserter => class {
  preExecute(context) { inserter._insert(context); }
};
