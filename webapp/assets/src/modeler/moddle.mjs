// The vocabularies beside BPMN. What is described here survives opening, editing, copying and saving.
import camundaModdle from 'camunda-bpmn-moddle/resources/camunda.json';
import anju from './anju.json';

/** Messages bring a form too; the published descriptor knows forms of tasks and plain starts only. */
const messageForm = {
  name: 'MessageForm',
  isAbstract: true,
  extends: ['bpmn:IntermediateCatchEvent', 'bpmn:BoundaryEvent', 'bpmn:ReceiveTask'],
  properties: [{ name: 'formKey', isAttr: true, type: 'String' }],
};

export const moddleExtensions = {
  camunda: { ...camundaModdle, types: [...camundaModdle.types, messageForm] },
  anju,
};
