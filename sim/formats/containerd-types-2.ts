/**
 * The Go types of containerd 2.1's configuration, from its sources (Apache-2.0): cmd/containerd/server/config/config.go,
 * internal/cri/config/config.go and the `Config` of each plugin. Fields stand in the order of their declaration.
 */
import {
  bool,
  float64,
  int,
  list,
  map,
  pointer,
  serverConfig,
  string,
  strings,
  struct,
  textDuration,
} from './containerd-types.ts'
import type { StructType } from './go-toml/types.ts'

const OMITTED_WHEN_EMPTY = { isOmittedWhenEmpty: true } as const
const rootPath = ['RootPath', 'root_path', string] as const

/** `config.Config` of the server. */
export const SERVER_CONFIG_2: StructType = serverConfig('2.1')

const runtime = struct(
  'config.Runtime',
  ['Type', 'runtime_type', string, { json: 'runtimeType' }],
  ['Path', 'runtime_path', string, { json: 'runtimePath' }],
  ['PodAnnotations', 'pod_annotations', strings, { json: 'PodAnnotations' }],
  ['ContainerAnnotations', 'container_annotations', strings, { json: 'ContainerAnnotations' }],
  ['Options', 'options', map({ kind: 'interface' }), { json: 'options' }],
  ['PrivilegedWithoutHostDevices', 'privileged_without_host_devices', bool],
  [
    'PrivilegedWithoutHostDevicesAllDevicesAllowed',
    'privileged_without_host_devices_all_devices_allowed',
    bool,
  ],
  ['CgroupWritable', 'cgroup_writable', bool, { json: 'cgroupWritable' }],
  ['BaseRuntimeSpec', 'base_runtime_spec', string, { json: 'baseRuntimeSpec' }],
  ['NetworkPluginConfDir', 'cni_conf_dir', string, { json: 'cniConfDir' }],
  ['NetworkPluginMaxConfNum', 'cni_max_conf_num', int, { json: 'cniMaxConfNum' }],
  ['Snapshotter', 'snapshotter', string],
  ['Sandboxer', 'sandboxer', string],
  ['IOType', 'io_type', string],
)

const criContainerd = struct(
  'config.ContainerdConfig',
  ['DefaultRuntimeName', 'default_runtime_name', string, { json: 'defaultRuntimeName' }],
  ['Runtimes', 'runtimes', map(runtime)],
  [
    'IgnoreBlockIONotEnabledErrors',
    'ignore_blockio_not_enabled_errors',
    bool,
    { json: 'ignoreBlockIONotEnabledErrors' },
  ],
  ['IgnoreRdtNotEnabledErrors', 'ignore_rdt_not_enabled_errors', bool, { json: 'ignoreRdtNotEnabledErrors' }],
)

const criCni = struct(
  'config.CniConfig',
  ['NetworkPluginBinDir', 'bin_dir', string, { json: 'binDir' }],
  ['NetworkPluginBinDirs', 'bin_dirs', strings, { json: 'binDirs' }],
  ['NetworkPluginConfDir', 'conf_dir', string, { json: 'confDir' }],
  ['NetworkPluginMaxConfNum', 'max_conf_num', int, { json: 'maxConfNum' }],
  ['NetworkPluginSetupSerially', 'setup_serially', bool, { json: 'setupSerially' }],
  ['NetworkPluginConfTemplate', 'conf_template', string, { json: 'confTemplate' }],
  ['IPPreference', 'ip_pref', string, { json: 'ipPref' }],
  ['UseInternalLoopback', 'use_internal_loopback', bool, { json: 'useInternalLoopback' }],
)

const criRuntime = struct(
  'config.RuntimeConfig',
  ['ContainerdConfig', 'containerd', criContainerd],
  ['CniConfig', 'cni', criCni],
  ['EnableSelinux', 'enable_selinux', bool, { json: 'enableSelinux' }],
  ['SelinuxCategoryRange', 'selinux_category_range', int, { json: 'selinuxCategoryRange' }],
  ['MaxContainerLogLineSize', 'max_container_log_line_size', int, { json: 'maxContainerLogLineSize' }],
  ['DisableApparmor', 'disable_apparmor', bool, { json: 'disableApparmor' }],
  ['RestrictOOMScoreAdj', 'restrict_oom_score_adj', bool, { json: 'restrictOOMScoreAdj' }],
  ['DisableProcMount', 'disable_proc_mount', bool, { json: 'disableProcMount' }],
  ['UnsetSeccompProfile', 'unset_seccomp_profile', string, { json: 'unsetSeccompProfile' }],
  [
    'TolerateMissingHugetlbController',
    'tolerate_missing_hugetlb_controller',
    bool,
    { json: 'tolerateMissingHugetlbController' },
  ],
  ['DisableHugetlbController', 'disable_hugetlb_controller', bool, { json: 'disableHugetlbController' }],
  ['DeviceOwnershipFromSecurityContext', 'device_ownership_from_security_context', bool],
  ['IgnoreImageDefinedVolumes', 'ignore_image_defined_volumes', bool, { json: 'ignoreImageDefinedVolumes' }],
  ['NetNSMountsUnderStateDir', 'netns_mounts_under_state_dir', bool, { json: 'netnsMountsUnderStateDir' }],
  ['EnableUnprivilegedPorts', 'enable_unprivileged_ports', bool, { json: 'enableUnprivilegedPorts' }],
  ['EnableUnprivilegedICMP', 'enable_unprivileged_icmp', bool, { json: 'enableUnprivilegedICMP' }],
  ['EnableCDI', 'enable_cdi', bool, { json: 'enableCDI' }],
  ['CDISpecDirs', 'cdi_spec_dirs', strings, { json: 'cdiSpecDirs' }],
  ['DrainExecSyncIOTimeout', 'drain_exec_sync_io_timeout', string, { json: 'drainExecSyncIOTimeout' }],
  [
    'IgnoreDeprecationWarnings',
    'ignore_deprecation_warnings',
    strings,
    { json: 'ignoreDeprecationWarnings' },
  ],
)

const authConfig = struct(
  'config.AuthConfig',
  ['Username', 'username', string],
  ['Password', 'password', string],
  ['Auth', 'auth', string],
  ['IdentityToken', 'identitytoken', string],
)

const criImages = struct(
  'config.ImageConfig',
  ['Snapshotter', 'snapshotter', string],
  ['DisableSnapshotAnnotations', 'disable_snapshot_annotations', bool],
  ['DiscardUnpackedLayers', 'discard_unpacked_layers', bool],
  ['PinnedImages', 'pinned_images', map(string)],
  [
    'RuntimePlatforms',
    'runtime_platforms',
    map(
      struct(
        'config.ImagePlatform',
        ['Platform', 'platform', string],
        ['Snapshotter', 'snapshotter', string],
      ),
    ),
  ],
  [
    'Registry',
    'registry',
    struct(
      'config.Registry',
      ['ConfigPath', 'config_path', string],
      ['Mirrors', 'mirrors', map(struct('config.Mirror', ['Endpoints', 'endpoint', strings]))],
      ['Configs', 'configs', map(struct('config.RegistryConfig', ['Auth', 'auth', pointer(authConfig)]))],
      ['Auths', 'auths', map(authConfig)],
      ['Headers', 'headers', map(strings)],
    ),
  ],
  [
    'ImageDecryption',
    'image_decryption',
    struct('config.ImageDecryption', ['KeyModel', 'key_model', string]),
  ],
  ['MaxConcurrentDownloads', 'max_concurrent_downloads', int],
  ['ConcurrentLayerFetchBuffer', 'concurrent_layer_fetch_buffer', int],
  ['ImagePullProgressTimeout', 'image_pull_progress_timeout', string],
  ['ImagePullWithSyncFs', 'image_pull_with_sync_fs', bool],
  ['StatsCollectPeriod', 'stats_collect_period', int],
  ['UseLocalImagePull', 'use_local_image_pull', bool],
)

const criServer = struct(
  'config.ServerConfig',
  ['DisableTCPService', 'disable_tcp_service', bool],
  ['StreamServerAddress', 'stream_server_address', string],
  ['StreamServerPort', 'stream_server_port', string],
  ['StreamIdleTimeout', 'stream_idle_timeout', string],
  ['EnableTLSStreaming', 'enable_tls_streaming', bool],
  [
    'X509KeyPairStreaming',
    'x509_key_pair_streaming',
    struct(
      'config.X509KeyPairStreaming',
      ['TLSCertFile', 'tls_cert_file', string],
      ['TLSKeyFile', 'tls_key_file', string],
    ),
  ],
)

const transfer = struct(
  'transfer.transferConfig',
  ['MaxConcurrentDownloads', 'max_concurrent_downloads', int],
  ['ConcurrentLayerFetchBuffer', 'concurrent_layer_fetch_buffer', int],
  ['MaxConcurrentUploadedLayers', 'max_concurrent_uploaded_layers', int],
  ['CheckPlatformSupported', 'check_platform_supported', bool],
  [
    'UnpackConfiguration',
    'unpack_config',
    list(
      struct(
        'transfer.unpackConfiguration',
        ['Platform', 'platform', string],
        ['Snapshotter', 'snapshotter', string],
        ['Differ', 'differ', string],
        ['ConfigType', 'config_type', string],
        ['LayerTypes', 'layer_types', strings],
      ),
    ),
    OMITTED_WHEN_EMPTY,
  ],
  ['RegistryConfigPath', 'config_path', string],
)

const duration = textDuration('tomlext.Duration')

/** The `Config` of every plugin of 2.1 that has one, by the plugin's URI. */
export const PLUGIN_CONFIGS_2: Readonly<Record<string, StructType>> = {
  'io.containerd.cri.v1.images': criImages,
  'io.containerd.cri.v1.runtime': criRuntime,
  'io.containerd.grpc.v1.cri': criServer,
  'io.containerd.differ.v1.erofs': struct('plugin.Config', ['MkfsOptions', 'mkfs_options', strings]),
  'io.containerd.gc.v1.scheduler': struct(
    'gc.config',
    ['PauseThreshold', 'pause_threshold', float64],
    ['DeletionThreshold', 'deletion_threshold', int],
    ['MutationThreshold', 'mutation_threshold', int],
    ['ScheduleDelay', 'schedule_delay', duration],
    ['StartupDelay', 'startup_delay', duration],
  ),
  'io.containerd.image-verifier.v1.bindir': struct(
    'bindir.Config',
    ['BinDir', 'bin_dir', string],
    ['MaxVerifiers', 'max_verifiers', int],
    ['PerVerifierTimeout', 'per_verifier_timeout', duration],
  ),
  'io.containerd.internal.v1.opt': struct('opt.Config', ['Path', 'path', string]),
  'io.containerd.internal.v1.tracing': struct(
    'plugin.TraceConfig',
    ['ServiceName', 'service_name', string, OMITTED_WHEN_EMPTY],
    ['TraceSamplingRatio', 'sampling_ratio', float64, OMITTED_WHEN_EMPTY],
  ),
  'io.containerd.metadata.v1.bolt': struct(
    'plugin.BoltConfig',
    ['ContentSharingPolicy', 'content_sharing_policy', string],
    ['NoSync', 'no_sync', bool],
  ),
  'io.containerd.monitor.container.v1.restart': struct('restart.Config', ['Interval', 'interval', duration]),
  'io.containerd.monitor.task.v1.cgroups': struct('cgroups.Config', ['NoPrometheus', 'no_prometheus', bool]),
  'io.containerd.nri.v1.nri': struct(
    'nri.Config',
    ['Disable', 'disable', bool],
    ['SocketPath', 'socket_path', string],
    ['PluginPath', 'plugin_path', string],
    ['PluginConfigPath', 'plugin_config_path', string],
    ['PluginRegistrationTimeout', 'plugin_registration_timeout', duration],
    ['PluginRequestTimeout', 'plugin_request_timeout', duration],
    ['DisableConnections', 'disable_connections', bool],
  ),
  'io.containerd.runtime.v2.task': struct('v2.TaskConfig', ['Platforms', 'platforms', strings]),
  'io.containerd.service.v1.diff-service': struct(
    'diff.config',
    ['Order', 'default', strings],
    ['SyncFs', 'sync_fs', bool],
  ),
  'io.containerd.service.v1.tasks-service': struct(
    'tasks.Config',
    ['BlockIOConfigFile', 'blockio_config_file', string],
    ['RdtConfigFile', 'rdt_config_file', string],
  ),
  'io.containerd.shim.v1.manager': struct('v2.ShimConfig', ['Env', 'env', strings]),
  'io.containerd.snapshotter.v1.blockfile': struct(
    'plugin.Config',
    rootPath,
    ['ScratchFile', 'scratch_file', string],
    ['FSType', 'fs_type', string],
    ['MountOptions', 'mount_options', strings],
    ['RecreateScratch', 'recreate_scratch', bool],
  ),
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
  'io.containerd.snapshotter.v1.erofs': struct(
    'plugin.Config',
    rootPath,
    ['OvlOptions', 'ovl_mount_options', strings],
    ['EnableFsverity', 'enable_fsverity', bool],
    ['SetImmutable', 'set_immutable', bool],
  ),
  'io.containerd.snapshotter.v1.native': struct('plugin.Config', rootPath),
  'io.containerd.snapshotter.v1.overlayfs': struct(
    'overlay.Config',
    rootPath,
    ['UpperdirLabel', 'upperdir_label', bool],
    ['SyncRemove', 'sync_remove', bool],
    ['SlowChown', 'slow_chown', bool],
    ['MountOptions', 'mount_options', strings],
  ),
  'io.containerd.tracing.processor.v1.otlp': struct(
    'plugin.OTLPConfig',
    ['Endpoint', 'endpoint', string, OMITTED_WHEN_EMPTY],
    ['Protocol', 'protocol', string, OMITTED_WHEN_EMPTY],
    ['Insecure', 'insecure', bool, OMITTED_WHEN_EMPTY],
  ),
  'io.containerd.transfer.v1.local': transfer,
}
