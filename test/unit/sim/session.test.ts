import { beforeAll, describe, expect, it } from 'vitest'
import { Machine } from '../../../sim/machine.ts'
import { type LineOutcome, Session } from '../../../sim/session.ts'
import { decodeText, encodeText } from '../../../src/host/surrogate-escape.ts'
import { readImage } from '../../../src/hosts.ts'

let base: Machine

beforeAll(async () => {
  base = await Machine.boot(await readImage('debian-12'))
})

/** A session that keeps what it shows, and gives programs these lines to read. */
function open(...typed: string[]) {
  const shown = { text: '' }
  const show = (bytes: Uint8Array): void => {
    shown.text += decodeText(bytes)
  }
  const session = Session.open(base.fork(), {
    print: show,
    complain: show,
    readLine: async () => {
      const line = typed.shift()
      return line === undefined ? undefined : encodeText(line)
    },
  })
  const say = async (...lines: string[]): Promise<string> => {
    shown.text = ''
    for (const line of lines) await session.run(`${line}\n`)
    return shown.text
  }
  return { session, shown, say }
}

describe('a session', () => {
  it('keeps directory, variables, functions, options, aliases and $? from line to line', async () => {
    const { say } = open()
    expect(await say('cd /etc', 'x=1; f() { echo "f $x $1"; }', 'alias l=echo', 'set -u', 'false')).toBe('')
    expect(await say('echo $?', 'pwd', 'f a', 'l b', 'echo $y', 'echo $- $?')).toBe(
      '1\n/etc\nf 1 a\nb\nbash: y: unbound variable\nhiuBs 1\n',
    )
  })

  it('is as bash is with somebody who types: errors do not name lines and do not end it', async () => {
    const { say } = open()
    expect(await say('nosuch', 'echo )', 'exec nosuch', 'kill -TERM $$', 'echo $LINENO')).toBe(
      "bash: nosuch: command not found\nbash: syntax error near unexpected token `)'\nbash: exec: nosuch: not found\n5\n",
    )
  })

  it('ends with exit, with errexit and with exec, and runs its EXIT trap', async () => {
    expect(await open().session.run('exit 3\n')).toEqual({ kind: 'done', status: 3, isOver: true })
    expect(await open().session.run('set -e; false\n')).toEqual({ kind: 'done', status: 1, isOver: true })
    expect(await open().session.run('exec false\n')).toEqual({ kind: 'done', status: 1, isOver: true })
    const { session, say, shown } = open()
    await say("trap 'echo bye' EXIT")
    expect(await session.end()).toEqual({ kind: 'done', status: 0, isOver: true })
    expect(shown.text).toBe('bye\n')
  })

  it('gives programs the lines that follow, and takes back what they leave', async () => {
    const { session, say } = open('one two\n', 'abc\n')
    expect(await say('read a b', 'echo $b-$a')).toBe('two-one\n')
    expect(await say('head -c 1; echo', 'cat')).toBe('a\nbc\n')
    expect(decodeText(session.takeUnread())).toBe('')
    const other = open('echo rest\n')
    await other.say('read -N 5 x')
    expect(decodeText(other.session.takeUnread())).toBe('rest\n')
  })

  it('shows the prompt that PS1 says, after PROMPT_COMMAND, and leaves $? alone', async () => {
    const { session, say } = open()
    await session.readStartupFiles()
    expect(await session.prompt()).toBe('root@debian-12:~# ')
    await say('cd /etc/sysctl.d', 'debian_chroot=c; false')
    expect(await session.prompt()).toBe('(c)root@debian-12:/etc/sysctl.d# ')
    expect(await say('echo $?')).toBe('1\n')
    await say("PS1='$(echo `pwd`) \\W \\\\ \\$ \"'; PROMPT_COMMAND='echo ran'")
    expect(await session.prompt()).toBe('/etc/sysctl.d sysctl.d \\ # "')
  })

  it('undoes a line that meets what is not simulated, in the shell and on the machine', async () => {
    const { session, say } = open()
    await say('x=1')
    const outcome = await session.run('x=2; touch /tmp/made; cd /; modprobe --dump-modversions x || true\n')
    expect(outcome).toMatchObject({ kind: 'unsimulated', isUndone: true, error: { program: 'modprobe' } })
    expect(await say('echo $x; pwd; ls /tmp/made')).toBe(
      "1\n/root\nls: cannot access '/tmp/made': No such file or directory\n",
    )
  })

  it('lets what a line did stand where something runs in the background, and ends what the line started', async () => {
    const { session, say } = open()
    await say('sleep 1000 &')
    const outcome = await session.run('touch /tmp/made; sleep 50 | modprobe --dump-modversions x\n')
    expect(outcome).toMatchObject({ kind: 'unsimulated', isUndone: false })
    expect(await say('ls /tmp/made; jobs -p > /tmp/jobs; wc -l < /tmp/jobs')).toBe('/tmp/made\n1\n')
    expect(
      [...session.machine.kernel.processes.all.values()].filter(({ comm }) => comm === 'sleep'),
    ).toHaveLength(1)
  })
})

describe('Ctrl-C', () => {
  async function interrupted(line: string, times = 1): Promise<LineOutcome & { said: string }> {
    const { session, say } = open()
    let turns = 0
    session.machine.scheduler.pause = async () => {
      if (turns++ < times) session.interrupt()
    }
    const outcome = await session.run(`${line}\n`)
    return { ...outcome, said: await say('echo $?') }
  }

  it('ends a loop and a program, not the shell', async () => {
    expect(await interrupted('while :; do :; done; echo no')).toMatchObject({ status: 130, said: '130\n' })
    expect(await interrupted('yes > /dev/null; echo no')).toMatchObject({ status: 130, isOver: false })
    expect(await interrupted("bash -c 'while :; do :; done'; echo no")).toMatchObject({ status: 130 })
  })

  it('runs the trap that there is for it', async () => {
    const { session, shown } = open()
    let isFirst = true
    session.machine.scheduler.pause = async () => {
      if (isFirst) session.interrupt()
      isFirst = false
    }
    await session.run('trap \'echo got it; go=1\' INT; while [ -z "$go" ]; do :; done; echo on\n')
    expect(shown.text).toBe('got it\non\n')
  })

  it('cuts off at the second time what does not listen', async () => {
    const deaf = "trap '' INT; while :; do :; done"
    expect(await interrupted(deaf, 2)).toMatchObject({ status: 130, isOver: false, said: '130\n' })
  })

  it('ends a program that waits for somebody to type', async () => {
    const { session } = open()
    const waiting = Session.open(base.fork(), {
      print: () => {},
      complain: () => {},
      readLine: () => {
        setImmediate(() => waiting.interrupt())
        return new Promise(() => {})
      },
    })
    expect(await waiting.run('cat; echo no\n')).toMatchObject({ status: 130, isOver: false })
    session.interrupt()
    expect(session.status).toBe(130)
  })
})

describe('a copy', () => {
  it('has machine and shell of its own', async () => {
    const { session, say, shown } = open()
    await say('cd /etc; x=1; f() { echo f; }', "trap 'echo usr' USR1", 'touch /tmp/both', 'false')
    const copy = session.copy()
    shown.text = ''
    await copy.run('echo $? $x; f; pwd; kill -USR1 $$; x=2; cd /; rm /tmp/both; unset -f f\n')
    expect(shown.text).toBe('1 1\nf\n/etc\nusr\n')
    expect(await say('echo $x; f; pwd; ls /tmp/both')).toBe('1\nf\n/etc\n/tmp/both\n')
  })

  it('cannot be made while something runs, or a file is open', async () => {
    const { session, say } = open()
    await say('sleep 5 &')
    expect(() => session.copy()).toThrow('programs are running')
    await say('wait', 'exec 3> /tmp/x')
    expect(() => session.copy()).toThrow('descriptor 3')
    await say('exec 3>&-')
    expect(session.copy().machine).toBeDefined()
  })

  it('without the shell is the machine as if nobody had logged in', async () => {
    const { session, say } = open()
    await say('touch /tmp/x')
    const alone = session.machineAlone()
    expect([...alone.kernel.processes.all.values()].map(({ comm }) => comm)).not.toContain('bash')
    expect(alone.diff(base).files.map(({ name }) => name)).toEqual(['/tmp/x'])
  })
})
