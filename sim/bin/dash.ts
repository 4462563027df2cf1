/** The Debian Almquist shell, as `dash` and as /bin/sh, which links to it. */
export { dash } from '../shell/main.ts'
