import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  type IncomingHttpHeaders,
} from 'node:http2'
import { Duplex } from 'node:stream'
import type { Exec, Host } from '../../src/host/host.ts'

/** A call that was answered, but not with `OK`: the status code of gRPC (0 to 16), and the server's own words. */
export class GrpcError extends Error {
  override readonly name = 'GrpcError'
  readonly code: number

  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

/** One call to one method of a server that listens on a unix socket of the host. */
export interface Call {
  readonly socket: string
  /** `/runtime.v1.RuntimeService/Version` */
  readonly method: string
  readonly message: Uint8Array
}

/**
 * Makes a call with one request and one response, in one exec.
 *
 * The socket is inside a host that may have no network and nothing but Debian's essential packages, and a host here
 * runs programs, it does not forward streams. So the client's whole side of an HTTP/2 connection, which for such a call
 * waits for nothing that the server says, is collected first and is the program's stdin; what the server answered is its
 * stdout, and is given to the same client to read. It works on every host of the port.
 */
export async function call(host: Pick<Host, 'send'>, { socket, method, message }: Call): Promise<Uint8Array> {
  const exchange = new Exchange(host, socket)
  const session = connect('http://localhost', { createConnection: () => exchange })
  try {
    return await response(session, method, message)
  } finally {
    session.destroy()
  }
}

function response(session: ClientHttp2Session, method: string, message: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    session.on('error', reject)
    const stream = session.request({
      ':method': 'POST',
      ':path': method,
      'content-type': 'application/grpc',
      te: 'trailers',
    })
    const chunks: Buffer[] = []
    let headers: IncomingHttpHeaders = {}
    stream.on('error', reject)
    stream.on('response', received => {
      headers = { ...headers, ...received }
    })
    stream.on('trailers', received => {
      headers = { ...headers, ...received }
    })
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('end', () => {
      const error = failureOf(headers)
      if (error === undefined) resolve(Buffer.concat(chunks).subarray(PREFIX_BYTES))
      else reject(error)
    })
    send(stream, message)
  })
}

/** Before each message: one byte for its compression, four for its length (grpc's PROTOCOL-HTTP2.md). */
const PREFIX_BYTES = 5

function send(stream: ClientHttp2Stream, message: Uint8Array): void {
  const prefix = Buffer.alloc(PREFIX_BYTES)
  prefix.writeUInt32BE(message.length, 1)
  stream.end(Buffer.concat([prefix, message]))
}

function failureOf(headers: IncomingHttpHeaders): GrpcError | undefined {
  const { 'grpc-status': status, 'grpc-message': words = '' } = headers
  if (status === '0') return undefined
  if (status === undefined) return new GrpcError(UNKNOWN, `HTTP status ${headers[':status']}, no gRPC status`)
  return new GrpcError(Number(status), decodeURIComponent(String(words)))
}

const UNKNOWN = 2

/** Perl is there on every Debian (perl-base is Essential), and has sockets. Ends with the last frame of stream 1. */
const RELAY = `use strict; use IO::Socket::UNIX;
my $socket = IO::Socket::UNIX->new(Peer => $ARGV[0]) or die "$ARGV[0]: $!\\n";
binmode $_ for *STDIN, *STDOUT;
{ local $/; my $request = <STDIN>; print $socket $request; $socket->flush; }
sub take {
  my ($size, $got) = (shift, '');
  while (length $got < $size) {
    sysread($socket, $got, $size - length $got, length $got) or die "$ARGV[0]: the server hung up\\n";
  }
  return $got;
}
my ($data, $headers, $reset, $goaway, $end_stream) = (0, 1, 3, 7, 1);
while (1) {
  my $frame = take(9);
  my ($high, $low, $type, $flags, $stream) = unpack('CnCCN', $frame);
  print $frame, take($high * 65536 + $low);
  last if $type == $reset or $type == $goaway;
  last if $stream == 1 and ($type == $data or $type == $headers) and $flags & $end_stream;
}`

const CALL_LIMIT_MS = 60_000

/** A connection of which the one side is heard out before the other is asked. */
class Exchange extends Duplex {
  readonly #host: Pick<Host, 'send'>
  readonly #socket: string
  #request = Buffer.alloc(0)

  constructor(host: Pick<Host, 'send'>, socket: string) {
    super()
    this.#host = host
    this.#socket = socket
  }

  override _read(): void {
    // All there is to read is pushed when it has come.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    const wasComplete = endsStream(this.#request)
    this.#request = Buffer.concat([this.#request, chunk])
    if (!wasComplete && endsStream(this.#request)) this.#answer().catch((error: Error) => this.destroy(error))
    done()
  }

  async #answer(): Promise<void> {
    const exec: Exec = {
      kind: 'exec',
      argv: ['perl', '-e', RELAY, this.#socket],
      stdin: this.#request,
      timeoutMs: CALL_LIMIT_MS,
    }
    const [reply] = await this.#host.send([exec])
    if (reply?.kind !== 'exec') throw new Error(`perl could not be run: ${JSON.stringify(reply)}`)
    if (reply.isTimedOut) throw new Error(`${this.#socket}: no answer within ${CALL_LIMIT_MS} ms`)
    if (reply.exitCode !== 0) throw new Error(Buffer.from(reply.stderr).toString().trim())
    this.push(Buffer.from(reply.stdout))
  }
}

const PREFACE_BYTES = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'.length
const FRAME_HEADER_BYTES = 9
const DATA = 0
const END_STREAM = 1

/** Whether the client has said all that it has to say: a frame of type DATA ends its stream (RFC 9113, sections 4.1 and 6.1). */
function endsStream(request: Buffer): boolean {
  for (let at = PREFACE_BYTES; at + FRAME_HEADER_BYTES <= request.length; ) {
    const end = at + FRAME_HEADER_BYTES + request.readUIntBE(at, 3)
    const [type = 0, flags = 0] = request.subarray(at + 3)
    if (type === DATA && (flags & END_STREAM) !== 0 && end <= request.length) return true
    at = end
  }
  return false
}
