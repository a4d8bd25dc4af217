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
      this._makeRoom(after, from, shape.width + GAP);
      const place = { x: right(after) + GAP + shape.width / 2, y: middle(after) };
      context.made = this._modeling.createShape(shape, place, after.parent);
      const next = path.target;
      this._modeling.reconnectEnd(path, context.made, middleOf(context.made));
      this._modeling.connect(context.made, next, { type: 'bpmn:SequenceFlow' });
      this._modeling.layoutConnection(path);
    }
    if (name) this._modeling.updateLabel(context.made, name);
  }

  _makeRoom(after, start, width) {
    const elements = selfAndAllChildren(this._canvas.getRootElement(), true);
    const { movingShapes, resizingShapes } = this._space.calculateAdjustments(elements, 'x', width, start);
    this._space.makeSpace(movingShapes, resizingShapes, { x: width, y: 0 }, 'e', start);
  }
}

const right = shape => shape.x + shape.width;
const middle = shape => shape.y + shape.height / 2;
const middleOf = shape => ({ x: shape.x + shape.width / 2, y: middle(shape) });

/** One command around several, so that one undo takes it all back. */
const InsertStep = inserter => class {
  preExecute(context) { inserter._insert(context); }
};
