# Sourced by every job: runs a tatabox command on a device of the configuration.
#
# Each GPU of a list runs one job at a time. A job locks one file in $LOCKS per GPU. The lock belongs to the processes that hold
# the file open, including the command, so the GPU is released however they end.

on_device() { # as_given|one_each|shared DEVICE,.. COMMAND..
  local use=$1 devices=$2 device
  shift 2
  case $use in
    as_given) "$@" --device "$devices" ;;
    one_each)
      take_one "$devices"
      "$@" --device "$device"
      ;;
    shared)
      take_all "$devices"
      "$@" --devices "$devices"
      ;;
    *)
      echo "on_device: unknown mode $use; use as_given, one_each or shared" >&2
      return 1
      ;;
  esac
}

take_one() { # DEVICE,..: sets $device to the first free GPU
  local lock
  mkdir -p "$LOCKS"
  while :; do
    for device in ${1//,/ }; do
      exec {lock}>"$LOCKS/$device"
      if flock --nonblock "$lock"; then return; fi
      exec {lock}>&-
    done
    sleep 1
  done
}

take_all() { # DEVICE,..: locks in the order of the list, which prevents deadlocks
  local lock
  mkdir -p "$LOCKS"
  for device in ${1//,/ }; do
    exec {lock}>"$LOCKS/$device"
    flock "$lock"
  done
}
