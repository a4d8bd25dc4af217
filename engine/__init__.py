"""The process engine: runs any BPMN and DMN, one transaction a step; knows no housing."""
