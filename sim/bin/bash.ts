/** GNU bash 5.2, as `bash`. */
export { bash } from '../shell/main.ts'
