# Sourced by every job: runs a command of tatabox on a device that the configuration names.
#
# Of GPUs in a list, each works for one job at a time. A job locks a file in $LOCKS for each GPU that it takes. The lock
# belongs to whoever holds the file open, the command included: whatever ends them, the GPU is free again.

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
      echo "on_device: $use is no way to use devices" >&2
      return 1
      ;;
  esac
}

take_one() { # DEVICE,..: the first that is free, as $device
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

take_all() { # DEVICE,..: in the order of the list, so that no two jobs wait for each other
  local lock
  mkdir -p "$LOCKS"
  for device in ${1//,/ }; do
    exec {lock}>"$LOCKS/$device"
    flock "$lock"
  done
}
