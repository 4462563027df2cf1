import { Unsimulated } from '../../src/host/host.ts'
import type { Process } from '../process.ts'

/** Settings of apt.conf(5) that are modelled; later ones win. */
export interface AptConfig {
  readonly isWithRecommends: boolean
  readonly isAssumingYes: boolean
  readonly isUsingPty: boolean
}

/** Settings that change nothing here: there is no contention, no failing connection, no question of dpkg. */
const WITHOUT_EFFECT =
  /^(acquire::(retries|check-valid-until|http::timeout|https::timeout|forceipv4|languages|http::pipeline-depth)|dpkg::lock::timeout|apt::periodic::.*|unattended-upgrade::.*|dpkg::options(::)?|dpkg::progress-fancy|apt::color|apt::acquire::retries)$/

/** The packages' own files, whose effect is built in. */
const BUILT_IN = ['01autoremove', '01autoremove-kernels', '70debconf']

/** Reads the files of a host and what the command line adds (`-o Key=Value`). */
export function readAptConfig(process: Process, words: readonly string[]): AptConfig {
  const config = { isWithRecommends: true, isAssumingYes: false, isUsingPty: true }
  for (const [key, value] of [...settingsOf(process), ...words.map(parseWord)]) {
    const name = key.toLowerCase()
    const isOn = /^(1|true|yes|on|enable|with)$/i.test(value)
    if (name === 'apt::install-recommends') config.isWithRecommends = isOn
    else if (name === 'apt::get::assume-yes') config.isAssumingYes = isOn
    else if (name === 'dpkg::use-pty') config.isUsingPty = isOn
    else if (name === 'dpkg::options' || name === 'dpkg::options::') checkDpkgOption(value)
    else if (!WITHOUT_EFFECT.test(name)) throw new Unsimulated('apt-get', `the setting ${key}`)
  }
  return config
}

/** Conffiles that somebody changed are asked about, which is not modelled: how to answer matters then only. */
function checkDpkgOption(value: string): void {
  if (!['--force-confdef', '--force-confold', '--force-confnew', '--force-confmiss'].includes(value))
    throw new Unsimulated('apt-get', `the setting DPkg::Options ${value}`)
}

function parseWord(word: string): readonly [string, string] {
  const equals = word.indexOf('=')
  return [word.slice(0, equals), word.slice(equals + 1).replace(/^"(.*)"$/, '$1')]
}

function settingsOf(process: Process): readonly (readonly [string, string])[] {
  const directory = '/etc/apt/apt.conf.d'
  const names = process.exists(directory) ? process.readdir(directory) : []
  const paths = names.filter(name => !BUILT_IN.includes(name)).map(name => `${directory}/${name}`)
  const main = process.exists('/etc/apt/apt.conf') ? ['/etc/apt/apt.conf'] : []
  return [...paths, ...main].flatMap(path => {
    const text = process
      .readText(path)
      .replace(/\/\*[\s\S]*?\*\//g, '')
      .replace(/(^|\s)(\/\/|#).*$/gm, '')
    return text
      .split(';')
      .map(statement => statement.trim())
      .filter(statement => statement !== '')
      .map(statement => {
        const [, key, value] = /^([\w:/-]+)\s+"([^"]*)"$/.exec(statement) ?? []
        if (key === undefined || value === undefined)
          throw new Unsimulated('apt-get', `the statement ${JSON.stringify(statement)} in ${path}`)
        return [key, value] as const
      })
  })
}
