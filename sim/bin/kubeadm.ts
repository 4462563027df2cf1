import { kubeadm as start } from '../kubelet/kubeadm.ts'
import { ANY_WORDS, withCommandLine } from './getopt.ts'

/** kubeadm(1), of a package of pkgs.k8s.io. */
export const kubeadm = withCommandLine(start, ANY_WORDS)
