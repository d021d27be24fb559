{{/* A quantity of Kubernetes, or a size of Spring or of Java, in bytes. */}}
{{- define "lightningdb.bytes" -}}
{{- $text := ternary (printf "%d" (int64 .)) (toString .) (kindIs "float64" .) }}
{{- $number := regexFind "^[0-9]+(\\.[0-9]+)?" $text }}
{{- $unit := trimPrefix $number $text }}
{{- $factor := get (dict
      "" 1.0 "B" 1.0 "m" 0.001
      "k" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "P" 1e15 "E" 1e18
      "Ki" 1024.0 "Mi" 1048576.0 "Gi" 1073741824.0 "Ti" 1099511627776.0 "Pi" 1125899906842624.0 "Ei" 1152921504606846976.0
      "KB" 1024.0 "MB" 1048576.0 "GB" 1073741824.0) $unit }}
{{- mulf (float64 $number) $factor | int64 }}
{{- end }}

{{/* The greatest heap of the JVM in bytes: what java.options says, where the last one counts, or a share of the memory limit. */}}
{{- define "lightningdb.heapBytes" -}}
{{- $sizes := regexFindAll "-(Xmx|XX:MaxHeapSize=)[0-9]+[kKmMgGtT]?" .Values.java.options -1 }}
{{- $shares := regexFindAll "-XX:MaxRAMPercentage=[0-9.]+" .Values.java.options -1 }}
{{- if $sizes }}
{{- $size := regexFind "[0-9]+[kKmMgGtT]?$" (last $sizes) }}
{{- $unit := regexFind "[kKmMgGtT]$" $size | upper }}
{{- include "lightningdb.bytes" (printf "%s%s" (trimSuffix (regexFind "[kKmMgGtT]$" $size) $size) (ternary (printf "%si" $unit) "" (ne $unit ""))) }}
{{- else }}
{{- $share := float64 .Values.java.maxRamPercentage }}
{{- with $shares }}{{ $share = float64 (regexFind "[0-9.]+$" (last .)) }}{{ end }}
{{- divf (mulf (float64 (include "lightningdb.bytes" .Values.resources.limits.memory)) $share) 100.0 | floor | int64 }}
{{- end }}
{{- end }}

{{/*
The memory limit holds the heap and what the JVM has beside it, of which 166 MiB were measured after 200 writes of 2 MB with a heap
of 128 MiB; the heap holds the budget and the service itself.
*/}}
{{- define "lightningdb.validateMemory" -}}
{{- $mebibyte := 1048576 }}
{{- $limit := include "lightningdb.bytes" .Values.resources.limits.memory | int64 }}
{{- $heap := include "lightningdb.heapBytes" . | int64 }}
{{- $beside := sub $limit $heap }}
{{- if lt $beside (mul 192 $mebibyte) }}
{{- fail (printf "the heap may take %d MiB (java.maxRamPercentage or java.options) of the %d MiB of resources.limits.memory, which leaves %d MiB for classes, threads and mapped files, and the pod would be killed: leave 192 MiB or more" (div $heap $mebibyte) (div $limit $mebibyte) (div $beside $mebibyte)) }}
{{- end }}
{{- if lt $heap (mul 72 $mebibyte) }}
{{- fail (printf "the heap gets %d MiB, and the service and the least memory budget need 72 MiB: raise resources.limits.memory, or java.maxRamPercentage" (div $heap $mebibyte)) }}
{{- end }}
{{- with dig "memory" "budget" "" .Values.config }}
{{- $budget := include "lightningdb.bytes" . | int64 }}
{{- if gt (add $budget (mul 64 $mebibyte)) $heap }}
{{- fail (printf "config.memory.budget is %s, and of the heap of %d MiB the service itself needs 64 MiB: lower it, leave it out for half of the rest, or raise resources.limits.memory" . (div $heap $mebibyte)) }}
{{- end }}
{{- end }}
{{- end }}
