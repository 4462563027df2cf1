/**
 * The Go types of containerd's configuration, from its sources (Apache-2.0): services/server/config/config.go,
 * pkg/cri/config/config.go and the `Config` of each plugin. Fields stand in the order of their declaration.
 */
import { normalizeDuration } from './go-toml/duration.ts'
import type { Field, GoType, StructType } from './go-toml/types.ts'

/** The plain types. */
export const string: GoType = { kind: 'string' }
export const bool: GoType = { kind: 'bool' }
export const int: GoType = { kind: 'int' }
export const float64: GoType = { kind: 'float64' }
/** A slice. */
export const list = (of: GoType): GoType => ({ kind: 'slice', of })
/** A map with strings for keys. */
export const map = (of: GoType): GoType => ({ kind: 'map', of })
/** A pointer. */
export const pointer = (to: GoType): GoType => ({ kind: 'pointer', to })
/** A slice of strings. */
export const strings = list(string)
/** A type that is a duration in text. */
export const textDuration = (name: string): GoType => ({ kind: 'text', name, normalize: normalizeDuration })

/** A struct from rows of Go name, TOML key and type. */
export const struct = (
  name: string,
  ...rows: readonly (readonly [string, string, GoType, Partial<Field>?])[]
): StructType => ({
  kind: 'struct',
  name,
  fields: rows.map(([field, key, type, more]) => ({ name: field, key, type, ...more })),
})

/** The releases whose configuration is modelled. */
export type ConfigGeneration = '1.4' | '1.6' | '1.7' | '2.1'

const owner = [
  ['UID', 'uid', int],
  ['GID', 'gid', int],
] as const

/** `config.Config` of the server. */
export const serverConfig = (generation: ConfigGeneration): StructType =>
  struct(
    'config.Config',
    ['Version', 'version', int],
    ['Root', 'root', string],
    ['State', 'state', string],
    ['TempDir', 'temp', string],
    ...(generation === '2.1' ? [] : [['PluginDir', 'plugin_dir', string] as const]),
    [
      'GRPC',
      'grpc',
      struct(
        'config.GRPCConfig',
        ['Address', 'address', string],
        ['TCPAddress', 'tcp_address', string],
        ['TCPTLSCA', 'tcp_tls_ca', string],
        ['TCPTLSCert', 'tcp_tls_cert', string],
        ['TCPTLSKey', 'tcp_tls_key', string],
        ...owner,
        ['MaxRecvMsgSize', 'max_recv_message_size', int],
        ['MaxSendMsgSize', 'max_send_message_size', int],
      ),
    ],
    ['TTRPC', 'ttrpc', struct('config.TTRPCConfig', ['Address', 'address', string], ...owner)],
    [
      'Debug',
      'debug',
      struct(
        'config.Debug',
        ['Address', 'address', string],
        ...owner,
        ['Level', 'level', string],
        ['Format', 'format', string],
      ),
    ],
    [
      'Metrics',
      'metrics',
      struct(
        'config.MetricsConfig',
        ['Address', 'address', string],
        ['GRPCHistogram', 'grpc_histogram', bool],
      ),
    ],
    ['DisabledPlugins', 'disabled_plugins', strings],
    ['RequiredPlugins', 'required_plugins', strings],
    ['Plugins', 'plugins', map({ kind: generation === '2.1' ? 'interface' : 'tree' })],
    ['OOMScore', 'oom_score', int],
    ['Cgroup', 'cgroup', struct('config.CgroupConfig', ['Path', 'path', string])],
    ['ProxyPlugins', 'proxy_plugins', map(proxyPlugin(generation))],
    ['Timeouts', 'timeouts', map(string)],
    ['Imports', 'imports', strings],
    [
      'StreamProcessors',
      'stream_processors',
      map(
        struct(
          'config.StreamProcessor',
          ['Accepts', 'accepts', strings],
          ['Returns', 'returns', string],
          ['Path', 'path', string],
          ['Args', 'args', strings],
          ['Env', 'env', strings],
        ),
      ),
    ],
  )

function proxyPlugin(generation: ConfigGeneration): StructType {
  const rows = [
    ['Type', 'type', string],
    ['Address', 'address', string],
  ] as const
  if (generation === '1.6') return struct('config.ProxyPlugin', ...rows)
  return struct(
    'config.ProxyPlugin',
    ...rows,
    ['Platform', 'platform', string],
    ['Exports', 'exports', map(string)],
    ['Capabilities', 'capabilities', strings],
  )
}

function runtime(generation: ConfigGeneration): StructType {
  const since17 = generation === '1.7'
  return struct(
    'config.Runtime',
    ['Type', 'runtime_type', string],
    ['Path', 'runtime_path', string],
    ['Engine', 'runtime_engine', string],
    ['PodAnnotations', 'pod_annotations', strings],
    ['ContainerAnnotations', 'container_annotations', strings],
    ['Root', 'runtime_root', string],
    ['Options', 'options', map({ kind: 'interface' })],
    ['PrivilegedWithoutHostDevices', 'privileged_without_host_devices', bool],
    ...(since17
      ? [
          [
            'PrivilegedWithoutHostDevicesAllDevicesAllowed',
            'privileged_without_host_devices_all_devices_allowed',
            bool,
          ] as const,
        ]
      : []),
    ['BaseRuntimeSpec', 'base_runtime_spec', string],
    ['NetworkPluginConfDir', 'cni_conf_dir', string],
    ['NetworkPluginMaxConfNum', 'cni_max_conf_num', int],
    ...(since17
      ? [['Snapshotter', 'snapshotter', string] as const, ['SandboxMode', 'sandbox_mode', string] as const]
      : []),
  )
}

const EMBEDDED = { isEmbedded: true } as const

function criContainerd(generation: ConfigGeneration): StructType {
  return struct(
    'config.ContainerdConfig',
    ['Snapshotter', 'snapshotter', string],
    ['DefaultRuntimeName', 'default_runtime_name', string],
    ['DefaultRuntime', 'default_runtime', runtime(generation)],
    ['UntrustedWorkloadRuntime', 'untrusted_workload_runtime', runtime(generation)],
    ['Runtimes', 'runtimes', map(runtime(generation))],
    ['NoPivot', 'no_pivot', bool],
    ['DisableSnapshotAnnotations', 'disable_snapshot_annotations', bool],
    ['DiscardUnpackedLayers', 'discard_unpacked_layers', bool],
    ...(generation === '1.7'
      ? [['IgnoreBlockIONotEnabledErrors', 'ignore_blockio_not_enabled_errors', bool] as const]
      : []),
    ['IgnoreRdtNotEnabledErrors', 'ignore_rdt_not_enabled_errors', bool],
  )
}

const criCni = (generation: ConfigGeneration): StructType =>
  struct(
    'config.CniConfig',
    ['NetworkPluginBinDir', 'bin_dir', string],
    ['NetworkPluginConfDir', 'conf_dir', string],
    ['NetworkPluginMaxConfNum', 'max_conf_num', int],
    ...(generation === '1.7' ? [['NetworkPluginSetupSerially', 'setup_serially', bool] as const] : []),
    ['NetworkPluginConfTemplate', 'conf_template', string],
    ['IPPreference', 'ip_pref', string],
  )

const authConfig = struct(
  'config.AuthConfig',
  ['Username', 'username', string],
  ['Password', 'password', string],
  ['Auth', 'auth', string],
  ['IdentityToken', 'identitytoken', string],
)

const criRegistry = struct(
  'config.Registry',
  ['ConfigPath', 'config_path', string],
  ['Mirrors', 'mirrors', map(struct('config.Mirror', ['Endpoints', 'endpoint', strings]))],
  [
    'Configs',
    'configs',
    map(
      struct(
        'config.RegistryConfig',
        ['Auth', 'auth', pointer(authConfig)],
        [
          'TLS',
          'tls',
          pointer(
            struct(
              'config.TLSConfig',
              ['InsecureSkipVerify', 'insecure_skip_verify', bool],
              ['CAFile', 'ca_file', string],
              ['CertFile', 'cert_file', string],
              ['KeyFile', 'key_file', string],
            ),
          ),
        ],
      ),
    ),
  ],
  ['Auths', 'auths', map(authConfig)],
  ['Headers', 'headers', map(strings)],
)

/** `config.PluginConfig` of the CRI plugin. */
const cri = (generation: ConfigGeneration): StructType =>
  struct(
    'config.PluginConfig',
    ['ContainerdConfig', 'containerd', criContainerd(generation), EMBEDDED],
    ['CniConfig', 'cni', criCni(generation), EMBEDDED],
    ['Registry', 'registry', criRegistry],
    [
      'ImageDecryption',
      'image_decryption',
      struct('config.ImageDecryption', ['KeyModel', 'key_model', string]),
      EMBEDDED,
    ],
    ['DisableTCPService', 'disable_tcp_service', bool],
    ['StreamServerAddress', 'stream_server_address', string],
    ['StreamServerPort', 'stream_server_port', string],
    ['StreamIdleTimeout', 'stream_idle_timeout', string],
    ['EnableSelinux', 'enable_selinux', bool],
    ['SelinuxCategoryRange', 'selinux_category_range', int],
    ['SandboxImage', 'sandbox_image', string],
    ['StatsCollectPeriod', 'stats_collect_period', int],
    ['SystemdCgroup', 'systemd_cgroup', bool],
    ['EnableTLSStreaming', 'enable_tls_streaming', bool],
    [
      'X509KeyPairStreaming',
      'x509_key_pair_streaming',
      struct(
        'config.X509KeyPairStreaming',
        ['TLSCertFile', 'tls_cert_file', string],
        ['TLSKeyFile', 'tls_key_file', string],
      ),
      EMBEDDED,
    ],
    ['MaxContainerLogLineSize', 'max_container_log_line_size', int],
    ['DisableCgroup', 'disable_cgroup', bool],
    ['DisableApparmor', 'disable_apparmor', bool],
    ['RestrictOOMScoreAdj', 'restrict_oom_score_adj', bool],
    ['MaxConcurrentDownloads', 'max_concurrent_downloads', int],
    ['DisableProcMount', 'disable_proc_mount', bool],
    ['UnsetSeccompProfile', 'unset_seccomp_profile', string],
    ['TolerateMissingHugetlbController', 'tolerate_missing_hugetlb_controller', bool],
    ['DisableHugetlbController', 'disable_hugetlb_controller', bool],
    ['DeviceOwnershipFromSecurityContext', 'device_ownership_from_security_context', bool],
    ['IgnoreImageDefinedVolumes', 'ignore_image_defined_volumes', bool],
    ['NetNSMountsUnderStateDir', 'netns_mounts_under_state_dir', bool],
    ['EnableUnprivilegedPorts', 'enable_unprivileged_ports', bool],
    ['EnableUnprivilegedICMP', 'enable_unprivileged_icmp', bool],
    ...(generation === '1.7' ? CRI_SINCE_17 : []),
  )

const CRI_SINCE_17 = [
  ['EnableCDI', 'enable_cdi', bool],
  ['CDISpecDirs', 'cdi_spec_dirs', strings],
  ['ImagePullProgressTimeout', 'image_pull_progress_timeout', string],
  ['DrainExecSyncIOTimeout', 'drain_exec_sync_io_timeout', string],
  ['ImagePullWithSyncFs', 'image_pull_with_sync_fs', bool],
  ['IgnoreDeprecationWarnings', 'ignore_deprecation_warnings', strings],
] as const

const rootPath = ['RootPath', 'root_path', string] as const
const OMITTED_WHEN_EMPTY = { isOmittedWhenEmpty: true } as const

const both = (generation: ConfigGeneration): Readonly<Record<string, StructType>> => ({
  'io.containerd.gc.v1.scheduler': struct(
    'scheduler.config',
    ['PauseThreshold', 'pause_threshold', float64],
    ['DeletionThreshold', 'deletion_threshold', int],
    ['MutationThreshold', 'mutation_threshold', int],
    ['ScheduleDelay', 'schedule_delay', textDuration('scheduler.duration')],
    ['StartupDelay', 'startup_delay', textDuration('scheduler.duration')],
  ),
  'io.containerd.grpc.v1.cri': cri(generation),
  'io.containerd.internal.v1.opt': struct('opt.Config', ['Path', 'path', string]),
  'io.containerd.internal.v1.restart': struct('monitor.Config', [
    'Interval',
    'interval',
    textDuration('monitor.duration'),
  ]),
  'io.containerd.metadata.v1.bolt': struct('config.BoltConfig', [
    'ContentSharingPolicy',
    'content_sharing_policy',
    string,
  ]),
  'io.containerd.monitor.v1.cgroups': struct('cgroups.Config', ['NoPrometheus', 'no_prometheus', bool]),
  'io.containerd.runtime.v1.linux': struct(
    'linux.Config',
    ['Shim', 'shim', string],
    ['Runtime', 'runtime', string],
    ['RuntimeRoot', 'runtime_root', string],
    ['NoShim', 'no_shim', bool],
    ['ShimDebug', 'shim_debug', bool],
  ),
  'io.containerd.runtime.v2.task': struct(
    'v2.Config',
    ['Platforms', 'platforms', strings],
    ['SchedCore', 'sched_core', bool],
  ),
  'io.containerd.service.v1.diff-service': struct('diff.config', ['Order', 'default', strings]),
  'io.containerd.snapshotter.v1.aufs': struct('plugin.Config', rootPath),
  'io.containerd.snapshotter.v1.btrfs': struct('plugin.Config', rootPath),
  'io.containerd.snapshotter.v1.devmapper': struct(
    'devmapper.Config',
    rootPath,
    ['PoolName', 'pool_name', string],
    ['BaseImageSize', 'base_image_size', string],
    ['AsyncRemove', 'async_remove', bool],
    ['DiscardBlocks', 'discard_blocks', bool],
    ['FileSystemType', 'fs_type', { kind: 'string', name: 'devmapper.fsType' }],
    ['FsOptions', 'fs_options', string],
  ),
  'io.containerd.snapshotter.v1.native': struct('plugin.Config', rootPath),
  'io.containerd.snapshotter.v1.zfs': struct('plugin.Config', rootPath),
})

const only16: Readonly<Record<string, StructType>> = {
  'io.containerd.service.v1.tasks-service': struct('tasks.Config', [
    'RdtConfigFile',
    'rdt_config_file',
    string,
  ]),
  'io.containerd.snapshotter.v1.overlayfs': struct('overlay.Config', rootPath, [
    'UpperdirLabel',
    'upperdir_label',
    bool,
  ]),
}

const only17: Readonly<Record<string, StructType>> = {
  'io.containerd.service.v1.tasks-service': struct(
    'tasks.Config',
    ['BlockIOConfigFile', 'blockio_config_file', string],
    ['RdtConfigFile', 'rdt_config_file', string],
  ),
  'io.containerd.snapshotter.v1.overlayfs': struct(
    'overlay.Config',
    rootPath,
    ['UpperdirLabel', 'upperdir_label', bool],
    ['SyncRemove', 'sync_remove', bool],
    ['MountOptions', 'mount_options', strings],
  ),
  'io.containerd.snapshotter.v1.blockfile': struct(
    'plugin.Config',
    rootPath,
    ['ScratchFile', 'scratch_file', string],
    ['FSType', 'fs_type', string],
    ['MountOptions', 'mount_options', strings],
  ),
  'io.containerd.nri.v1.nri': struct(
    'nri.Config',
    ['Disable', 'disable', bool],
    ['SocketPath', 'socket_path', string],
    ['PluginPath', 'plugin_path', string],
    ['PluginConfigPath', 'plugin_config_path', string],
    ['PluginRegistrationTimeout', 'plugin_registration_timeout', { kind: 'duration' }],
    ['PluginRequestTimeout', 'plugin_request_timeout', { kind: 'duration' }],
    ['DisableConnections', 'disable_connections', bool],
  ),
  'io.containerd.tracing.processor.v1.otlp': struct(
    'plugin.OTLPConfig',
    ['Endpoint', 'endpoint', string, OMITTED_WHEN_EMPTY],
    ['Protocol', 'protocol', string, OMITTED_WHEN_EMPTY],
    ['Insecure', 'insecure', bool, OMITTED_WHEN_EMPTY],
  ),
  'io.containerd.internal.v1.tracing': struct(
    'plugin.TraceConfig',
    ['ServiceName', 'service_name', string, OMITTED_WHEN_EMPTY],
    ['TraceSamplingRatio', 'sampling_ratio', float64, OMITTED_WHEN_EMPTY],
  ),
  'io.containerd.transfer.v1.local': struct(
    'transfer.transferConfig',
    ['MaxConcurrentDownloads', 'max_concurrent_downloads', int],
    ['MaxConcurrentUploadedLayers', 'max_concurrent_uploaded_layers', int],
    [
      'UnpackConfiguration',
      'unpack_config',
      list(
        struct(
          'transfer.unpackConfiguration',
          ['Platform', 'platform', string],
          ['Snapshotter', 'snapshotter', string],
          ['Differ', 'differ', string],
        ),
      ),
    ],
    ['RegistryConfigPath', 'config_path', string],
  ),
}

/** The `Config` of every plugin that has one, by the plugin's URI. */
export const pluginConfigs = (generation: ConfigGeneration): Readonly<Record<string, StructType>> => ({
  ...both(generation),
  ...(generation === '1.6' ? only16 : only17),
})
