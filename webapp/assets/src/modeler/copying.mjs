// A copied step is another step: the names of its service levels are its own. Replacing a step keeps them.
import { is } from 'bpmn-js/lib/util/ModelUtil';
import { extensions } from './model.mjs';

const AFTER_THE_COPY = 500;

export class CopiedSteps {
  static $inject = ['eventBus'];

  constructor(eventBus) {
    eventBus.on('copyPaste.pasteElement', AFTER_THE_COPY, ({ descriptor }) => {
      const object = descriptor.businessObject;
      if (object && is(object, 'bpmn:Activity'))
        extensions(object, 'anju:Sla').forEach(sla => sla.set('id', undefined));
    });
  }
}
