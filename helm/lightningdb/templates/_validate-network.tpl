{{/* Names a setting whose value is a place outside the pod; empty for none. Each is what the server connects to by itself. */}}
{{- define "lightningdb.outwardSettings" -}}
{{- $found := list }}
{{- $places := dict
      "config.backup.directory" (dig "backup" "directory" "" .Values.config)
      "config.tracing.endpoint" (dig "tracing" "endpoint" "" .Values.config) }}
{{- /* Spring reads names with dots, and in other spellings, too. */}}
{{- range regexFindAll `"[A-Za-z0-9.-]*(issuer-?[uU]ri|jwk-?[sS]et-?[uU]ri)":"[^"]+"` (toJson .Values.extraConfig) -1 }}
{{- range $name, $place := fromJson (printf "{%s}" .) }}{{ $_ := set $places (printf "%s in extraConfig" $name) $place }}{{ end }}
{{- end }}
{{- if .Values.restore.enabled }}{{ $_ := set $places "restore.source" .Values.restore.source }}{{ end }}
{{- range .Values.extraEnv }}
{{- if has (upper .name | replace "_" "" | replace "-" "") (list "LIGHTNINGBACKUPDIRECTORY" "LIGHTNINGTRACINGENDPOINT" "SPRINGSECURITYOAUTH2RESOURCESERVERJWTISSUERURI" "SPRINGSECURITYOAUTH2RESOURCESERVERJWTJWKSETURI") }}
{{- $_ := set $places (printf "%s in extraEnv" .name) .value }}
{{- end }}
{{- end }}
{{- range $name := keys $places | sortAlpha }}
{{- $place := default "" (get $places $name) }}
{{- if and (regexMatch "^[a-z0-9]+://" $place) (not (regexMatch "^[a-z0-9]+://(localhost|127\\.[0-9.]+|\\[::1\\])(:|/|$)" $place)) }}
{{- $found = append $found (printf "%s is %s" $name $place) }}
{{- end }}
{{- end }}
{{- join "; " $found }}
{{- end }}

{{/* What a network policy would quietly cut off, and values of services that contradict each other. */}}
{{- define "lightningdb.validateNetwork" -}}
{{- if and .Values.networkPolicy.enabled (not .Values.networkPolicy.egress) }}
{{- with include "lightningdb.outwardSettings" . }}
{{- fail (printf "networkPolicy.egress is empty, so the pod connects to nothing, and %s: allow the place, and the name service it is found by, or set networkPolicy.enabled=false" .) }}
{{- end }}
{{- end }}
{{- if and .Values.networkPolicy.enabled (not .Values.networkPolicy.from) }}
{{- $outside := list }}
{{- if ne .Values.service.type "ClusterIP" }}{{ $outside = append $outside (printf "service.type is %s" .Values.service.type) }}{{ end }}
{{- range $name := list "ingress" "httpRoute" }}
{{- if (get $.Values $name).enabled }}{{ $outside = append $outside (printf "%s.enabled is true" $name) }}{{ end }}
{{- end }}
{{- with $outside }}
{{- fail (printf "networkPolicy.from is empty, so only pods of the namespace %s may connect, and %s: name the peers that may, such as the controller's namespace, or `podSelector: {}` if they are in this one" $.Release.Namespace (join ", " .)) }}
{{- end }}
{{- end }}
{{- if and .Values.networkPolicy.managementFrom (not .Values.management.port) }}
{{- fail "networkPolicy.managementFrom is set and management.port is 0: health and metrics are on the port of the clients, so only networkPolicy.from counts" }}
{{- end }}
{{- with .Values.service }}
{{- if and .nodePort (eq .type "ClusterIP") }}
{{- fail "service.nodePort is set, and service.type is ClusterIP: choose NodePort or LoadBalancer" }}
{{- end }}
{{- if and .externalTrafficPolicy (eq .type "ClusterIP") }}
{{- fail "service.externalTrafficPolicy is set, and service.type is ClusterIP: choose NodePort or LoadBalancer" }}
{{- end }}
{{- if ne .type "LoadBalancer" }}
{{- range $name := list "loadBalancerSourceRanges" "loadBalancerClass" }}
{{- if get $.Values.service $name }}
{{- fail (printf "service.%s is set, and service.type is %s: it is for LoadBalancer" $name $.Values.service.type) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- if and .Values.ingress.enabled (not .Values.ingress.hosts) }}
{{- fail "ingress.enabled is true, so ingress.hosts must name a host" }}
{{- end }}
{{- if and .Values.httpRoute.enabled (not .Values.httpRoute.parentRefs) }}
{{- fail "httpRoute.enabled is true, so httpRoute.parentRefs must name the gateway" }}
{{- end }}
{{- end }}
