/** just-bash as its build for browsers has it, and the parser of its build for Node. */
export { parse } from 'just-bash'
export { Bash } from 'just-bash/browser'
