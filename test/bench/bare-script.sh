set -e
cat > /etc/sysctl.d/k8s.conf <<EOF
net.bridge.bridge-nf-call-iptables  = 1
net.bridge.bridge-nf-call-ip6tables = 1
net.ipv4.ip_forward                 = 1
EOF
sysctl -q -p /etc/sysctl.d/k8s.conf
containerd config default > /etc/containerd/config.toml
sed -i 's/SystemdCgroup = false/SystemdCgroup = true/' /etc/containerd/config.toml
systemctl restart containerd
until [ "$(ctr plugins ls | awk '$2 == "cri" { print $NF }')" = ok ]; do sleep 0.05; done
