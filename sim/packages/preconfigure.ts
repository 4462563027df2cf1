import type { Process } from '../process.ts'
import { packageTools } from './capabilities.ts'

/** The hook of debconf's /etc/apt/apt.conf.d/70debconf. */
const HOOK = /^DPkg::Pre-Install-Pkgs \{"\/usr\/sbin\/dpkg-preconfigure --apt \|\| true";\};$/m

/**
 * What dpkg-preconfigure(8) says before packages are unpacked, which is about itself alone: questions are those of packages
 * whose content is not recorded. Its words on a host without a terminal are recorded.
 */
export function preconfigure(process: Process, count: number): void {
  const path = '/etc/apt/apt.conf.d/70debconf'
  if (!process.exists(path) || !HOOK.test(process.readText(path))) return
  const hasExtractor =
    packageTools(process.system.bus.archive).hasTemplateExtractor ||
    process.exists('/usr/bin/apt-extracttemplates')
  if (!hasExtractor) {
    process.complain('debconf: delaying package configuration, since apt-utils is not installed\n')
    return
  }
  if (process.env.get('DEBIAN_FRONTEND') !== 'noninteractive') process.complain(fallbacks(process, count))
}

/** One frontend after the other cannot be had. */
function fallbacks(process: Process, count: number): string {
  const where = `<STDIN> line ${count}.)`
  const term = process.env.get('TERM') ?? ''
  const dialog =
    term === ''
      ? '(TERM is not set, so the dialog frontend is not usable.)'
      : `(No usable dialog-like program is installed, so the dialog based frontend cannot be used. at /usr/share/perl5/Debconf/FrontEnd/Dialog.pm line 79, ${where}`
  const version = perlVersion(process)
  const short = version.replace(/\.\d+$/, '')
  const places = [
    '/etc/perl',
    `/usr/local/lib/x86_64-linux-gnu/perl/${version}`,
    `/usr/local/share/perl/${version}`,
    `/usr/lib/x86_64-linux-gnu/perl5/${short}`,
    '/usr/share/perl5',
    '/usr/lib/x86_64-linux-gnu/perl-base',
    `/usr/lib/x86_64-linux-gnu/perl/${short}`,
    `/usr/share/perl/${short}`,
    '/usr/local/lib/site_perl',
  ].join(' ')
  const lines = [
    'unable to initialize frontend: Dialog',
    dialog,
    'falling back to frontend: Readline',
    'unable to initialize frontend: Readline',
    `(Can't locate Term/ReadLine.pm in @INC (you may need to install the Term::ReadLine module) (@INC entries checked: ${places}) at /usr/share/perl5/Debconf/FrontEnd/Readline.pm line 8, ${where}`,
    'falling back to frontend: Teletype',
    'unable to initialize frontend: Teletype',
    '(This frontend requires a controlling tty.)',
    'falling back to frontend: Noninteractive',
  ]
  return lines.map(line => `debconf: ${line}\n`).join('')
}

/** `5.40.1`, of the package perl-base `5.40.1-6`. */
function perlVersion(process: Process): string {
  const status = process.readText('/var/lib/dpkg/status')
  return /^Package: perl-base\n(?:.+\n)*?Version: ([\d.]+)/m.exec(status)?.[1] ?? ''
}
