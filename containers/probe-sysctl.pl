# Run inside a real system as root, by the recorder: `perl - NAME…` with directories or files below /proc/sys. Finds out
# how the kernel reads what is written to each of them, by writing to it; what was there is put back each time. A line each,
# in the words of `SysctlRecord` (src/format/image.ts):
#
#     PATH TAB ACCEPTS TAB SETS
#
# A file that these words do not describe whole has no line: bounds that depend on other numbers of it, words from a list,
# numbers that read otherwise than they were written, others that change in ways of their own.
use strict;
use warnings;
use Errno;

# What cannot be put back, acts at once, or takes the machine's memory.
my $HANDS_OFF = qr{^(?:
  kernel/(?:modules_disabled|kexec_load_.*|unprivileged_bpf_disabled|yama/ptrace_scope|usermodehelper/.*|ns_last_pid
    |printk_devkmsg|random/.*|firmware_config/.*)
  |vm/(?:drop_caches|compact_memory|min_free_kbytes|nr_hugepages.*|nr_overcommit_hugepages|stat_refresh|memfd_noexec)
  |net/(?:ipv4|ipv6)/route/flush|fs/binfmt_misc/.*
)$}x;

my ($SIGNED_MIN, $SIGNED_MAX) = (-9223372036854775807 - 1, 9223372036854775807);

sub get {
  my ($path) = @_;
  sysopen(my $file, "/proc/sys/$path", 0) or return undef;
  my ($text, $part) = ('', '');
  while (my $count = sysread($file, $part, 65536)) { $text .= $part; last if $count < 65536 }
  $text =~ s/\n\z//;
  return $text;
}

# The errno of one write(2); undef where there is none.
sub put {
  my ($path, $text) = @_;
  sysopen(my $file, "/proc/sys/$path", 1) or return name_of($!);
  return defined syswrite($file, $text) ? undef : name_of($!);
}

sub name_of {
  my ($number) = @_;
  local $! = $number;
  my ($name) = grep { $!{$_} } keys %!;
  return $name;
}

# `same`, `kept`, `other` or an errno: what writing a text comes to. The old value is there again afterwards.
sub outcome {
  my ($path, $text, $old, $wanted) = @_;
  my $began = cpu_seconds();
  my $errno = put($path, $text);
  my $read = get($path);
  put($path, $old);
  die "slow\n" if cpu_seconds() - $began > 0.3;
  return $errno if defined $errno;
  return 'same' if words($read) eq words($wanted // $text);
  return $read eq $old ? 'kept' : 'other';
}

# Some switches rewrite the kernel's code: under emulation one of them takes longer than all the rest. They are given up.
sub cpu_seconds { my ($user, $system) = times; return $user + $system }

sub words { return join ' ', split ' ', $_[0] // '' }

# The least and the greatest number that are taken, if all between them are. Integers alone: what no double holds would
# be rounded.
sub bounds {
  use integer;
  my ($value, $outcome_of) = @_;
  my $holds = sub { $outcome_of->($_[0]) eq 'same' };
  return undef if !$holds->($value);
  my $max = reach_signed($value, $SIGNED_MAX, $holds);
  my $min = reach_signed($value, $SIGNED_MIN, $holds);
  return [$min, $max];
}

# The last number from $from towards $limit for which $holds does.
sub reach_signed {
  use integer;
  my ($from, $limit, $holds) = @_;
  my $up = $limit > $from;
  my ($inside, $outside) = ($from, undef);
  for my $bit (0 .. 62) {
    my $step = 1 << $bit;
    # No difference of two numbers is taken that could be more than a signed one holds.
    my $is_past = $up ? $from > $limit - $step : $from < $limit + $step;
    my $next = $is_past ? $limit : $up ? $from + $step : $from - $step;
    if ($holds->($next)) { $inside = $next } else { $outside = $next; last }
    last if $is_past;
  }
  if (!defined $outside && $inside != $limit) {
    if ($holds->($limit)) { return $limit } else { $outside = $limit }
  }
  return $inside if !defined $outside;
  while ($up ? $inside + 1 < $outside : $inside - 1 > $outside) {
    my $middle = $inside / 2 + $outside / 2 + ($inside % 2 + $outside % 2) / 2;
    if ($holds->($middle)) { $inside = $middle } else { $outside = $middle }
  }
  return $inside;
}

# What the numbers beyond a bound come to, where they all come to the same.
sub beyond {
  my ($outcome_of, @numbers) = @_;
  my %seen = map { $outcome_of->($_) => 1 } @numbers;
  my ($only, @others) = keys %seen;
  return @others || !defined $only || $only eq 'same' || $only eq 'other' ? undef : $only;
}

sub inside {
  use integer;
  my ($min, $max) = @_;
  my @asked = ($min, $max, $min / 2 + $max / 2, 0, 1, 2, 3, 7, 10, 60, 100, 1000, 4096, 65535, 100000);
  return grep { $_ >= $min && $_ <= $max } @asked;
}

sub above_of {
  use integer;
  my ($max) = @_;
  my @steps = grep { $max <= $SIGNED_MAX - $_ } 1, 2, 1000, 2147483648, 4294967296, 1 << 40;
  return ((map { $max + $_ } @steps), '9223372036854775808', '18446744073709551615', '99999999999999999999');
}

sub below_of {
  use integer;
  my ($min) = @_;
  my @steps = grep { $min >= $SIGNED_MIN + $_ } 1, 2, 1000, 2147483648, 4294967296, 1 << 40;
  return map { $min - $_ } @steps;
}

sub number {
  my ($path, $old) = @_;
  return undef if length($old) > 18;
  my $outcome_of = sub { outcome($path, $_[0], $old) };
  my $bounds = bounds($old, $outcome_of) or return undef;
  my ($min, $max) = @$bounds;
  for my $value (inside($min, $max)) { return undef if $outcome_of->($value) ne 'same' }
  my $above = beyond($outcome_of, above_of($max)) // return undef;
  my @below = below_of($min);
  my $below = @below ? beyond($outcome_of, @below) // return undef : '-';
  my $sets = sets($path, $old, grep { $_ ne $old } (grep { $_ ne '0' } inside($min, $max)), 0) // return undef;
  my @words = ('int', $min, $max);
  push @words, "below=$below" if $below ne 'EINVAL' && $below ne '-';
  push @words, "above=$above" if $above ne 'EINVAL';
  return ["@words", $sets];
}

sub vector {
  my ($path, $old, $separator) = @_;
  my @old = split ' ', $old;
  return undef if grep { length > 18 } @old;
  my $outcome_of = sub { outcome($path, join(' ', @_), $old) };
  my @bounds;
  for my $at (0 .. $#old) {
    my $of = sub { my @with = @old; $with[$at] = $_[0]; $outcome_of->(@with) };
    my $bounds = bounds($old[$at], $of) or return undef;
    my ($min, $max) = @$bounds;
    return undef if (beyond($of, above_of($max)) // '') ne 'EINVAL';
    my @below = below_of($min);
    return undef if @below && (beyond($of, @below) // '') ne 'EINVAL';
    push @bounds, $bounds;
  }
  # Numbers that bound each other show when all are at one end, or the other way round.
  my @ends = ([map { $_->[0] } @bounds], [map { $_->[1] } @bounds]);
  for my $row (@ends, [reverse @old], [map { $bounds[$_][$_ % 2] } 0 .. $#old]) {
    return undef if $outcome_of->(@$row) ne 'same';
  }
  my ($other) = grep { $_ ne $old[0] } inside(@{ $bounds[0] });
  my $partial = outcome($path, $other, $old, join(' ', $other, @old[1 .. $#old]));
  return undef if $partial eq 'other' || outcome($path, "$old 1", $old, $old) ne 'same';
  return undef if %{ changes($path, $old, join(' ', $other, @old[1 .. $#old])) };
  my @words = ('vector', $separator eq "\t" ? 'tab' : 'space', join(',', map { "$_->[0]:$_->[1]" } @bounds));
  push @words, "partial=$partial" if $partial ne 'same';
  return ["@words", ''];
}

sub text {
  my ($path, $old) = @_;
  for my $text ('abc', 'x y', '-1', 'a/b') { return undef if outcome($path, $text, $old) ne 'same' }
  put($path, 'a' x 3000);
  my $length = length(get($path) // '');
  put($path, $old);
  return undef if $length == 0 || $length == 3000 || %{ changes($path, $old, 'abc') };
  return ["string $length", ''];
}

my (%all, %volatile);

# Entries that may change with one: those beside it, and of the same part of the tree those whose name has its name in it, or
# the other way round, protocols aside (ip_forward, conf/all/forwarding). All of them would take an emulated machine an hour.
sub near {
  my ($path) = @_;
  my ($part) = $path =~ m{^((?:net/)?[^/]+)};
  my ($directory, $name) = split_path($path);
  return grep {
    my ($beside, $other) = split_path($_);
    $_ ne $path && !$volatile{$_} && m{^\Q$part\E/}
      && ($beside eq $directory || index($other, $name) >= 0 || index($name, $other) >= 0)
  } keys %all;
}

sub split_path {
  my ($directory, $name) = $_[0] =~ m{^(.*)/([^/]+)$};
  $name =~ s/^(?:ip|tcp|udp|icmp)_//;
  return ($directory, $name);
}

# What entries near by read once this one is another, where that is not what they read before.
sub changes {
  my ($path, $old, $other) = @_;
  my @near = near($path);
  my %before = map { $_ => get($_) // '' } @near;
  put($path, $other);
  my %changed;
  for my $name (@near) {
    my $now = get($name) // '';
    $changed{$name} = $now if $now ne $before{$name};
  }
  put($path, $old);
  put($_, $before{$_}) for sort keys %changed;
  return \%changed;
}

# The others that a write sets, to the same value or (`=0`) to 0; undef where to something else.
sub sets {
  my ($path, $old, $other) = @_;
  return '' if !defined $other;
  my $changes = changes($path, $old, $other);
  my @sets;
  for my $name (sort keys %$changes) {
    return undef if $changes->{$name} ne $other && $changes->{$name} ne '0';
    push @sets, $changes->{$name} eq $other ? $name : "$name=0";
  }
  return join ',', @sets;
}

sub files_below {
  my ($path) = @_;
  return -f "/proc/sys/$path" ? $path : () if !-d "/proc/sys/$path";
  return () if $path eq 'fs/binfmt_misc';
  opendir(my $directory, "/proc/sys/$path") or return ();
  return map { files_below($path eq '' ? $_ : "$path/$_") } sort grep { !/^\.\.?$/ } readdir $directory;
}

$all{$_} = get($_) for map { files_below($_) } @ARGV ? @ARGV : ('');
for (1 .. 3) { for my $path (keys %all) { $volatile{$path} = 1 if (get($path) // '') ne ($all{$path} // '') } }

for my $path (sort keys %all) {
  my $old = get($path);
  next if !defined $old || $path =~ $HANDS_OFF || $volatile{$path};
  next if !((stat "/proc/sys/$path")[2] & 0200);
  my $found = eval {
      $old =~ /^-?\d+$/ ? number($path, $old)
    : $old =~ /^-?\d+(?:([\t ]+)-?\d+)+$/ ? vector($path, $old, substr $1, 0, 1)
    : $old =~ /\n/ ? undef
    : text($path, $old)
  };
  die $@ if $@ && $@ ne "slow\n";
  put($path, $old) if (get($path) // '') ne $old;
  print join("\t", $path, @$found), "\n" if defined $found;
}
